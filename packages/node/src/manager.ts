import {
  type Config,
  ConfigError,
  type ConfigInput,
  type Introduction,
  isPrimary,
  type LogRow,
  MultiRegionConfig,
  parseConfig,
  type ReceiptInput,
  type RegionConfig,
  type SnakeCaseRegionConfig,
} from "@rsync/core";
import { type AwaitOptions, awaitQuorum } from "./await-quorum.ts";
import type { SyncOptions } from "./call-options.ts";
import { checkParts } from "./check-parts.ts";
import { discardDeadLetters } from "./discard-dead-letters.ts";
import type { ManagerEventMap } from "./events.ts";
import { type Inspection, type InspectOptions, inspect } from "./inspect.ts";
import {
  type BuriedReceipt,
  type DeadLetterOptions,
  type DeadLetterPage,
  listDeadLetters,
  showDeadLetter,
} from "./list-dead-letters.ts";
import { type ListOptions, listReceipts, type ReceiptPage } from "./list-receipts.ts";
import * as lines from "./log-lines.ts";
import { type ManagerMetrics, managerMetrics } from "./manager-metrics.ts";
import type { ManagerParts } from "./parts.ts";
import { ReceiptReceiver } from "./receiver.ts";
import { healthStatus, type RegionReport, regionReports } from "./region-report.ts";
import { type ReplayedDeadLetters, type ReplayOptions, replayDeadLetters } from "./replay-dead-letters.ts";
import { Running } from "./running.ts";
import type { DeadLetterActOptions, DeadLetterSelection, SelectedDeadLetters } from "./select-dead-letters.ts";
import { syncReceipt, syncReceipts } from "./sync-receipt.ts";
import type { SyncResult } from "./sync-result.ts";
import { systemClock } from "./system-clock.ts";
import { defaultTransport } from "./with-http-transport.ts";

/** How `close` ends. */
export interface CloseOptions {
  /** Milliseconds that requests in flight get to finish before they are given up; the rest stays in the log. Default 5,000. */
  readonly drainMs?: number | undefined;
}

/** How a new configuration is put into force. */
export interface ReconfigureOptions {
  /** Regions that may be left out although they are still owed receipts. Leaving out any other such region is refused (I2). */
  readonly abandon?: readonly string[] | undefined;
}

/**
 * The sending side: stores receipts, delivers them to every other region for as long as it takes, and tells when a quorum
 * holds them (DESIGN §1). Any number of calls may run at once. Works with `await using`.
 */
export class ReceiptSyncManager implements AsyncDisposable {
  readonly #running: Running;
  readonly #parts: ManagerParts;
  /** The receiving side over the same log: mount it with `fetchHandler`, so that other regions can reach this one. */
  readonly receiver: ReceiptReceiver;

  private constructor(running: Running, parts: ManagerParts) {
    this.#running = running;
    this.#parts = parts;
    this.receiver = new ReceiptReceiver({
      current: () => ({
        around: running.engine.around,
        ownStore: running.ownStore,
        policyDigest: running.engine.policyDigest,
      }),
      isPeer: (from) => running.engine.peers.introduces(from),
      heard: (from) => this.#heard(from),
      seenOf: (from) => {
        const regionId = running.engine.peers.regionNamed(from.regionId);
        return regionId === undefined ? undefined : running.engine.peers.markOf(regionId);
      },
    });
  }

  /**
   * Starts a manager. It takes over the store and the transport, and goes on delivering what the log still owes. Where it
   * rejects, both stay with the caller.
   *
   * Rejects with {@link ConfigError} (every problem at once), {@link InvalidOptionsError} for one of the parts, such as the log of
   * another region, {@link StillOwedError} or {@link StoreError}.
   */
  static async create(
    config: Config | ConfigInput | MultiRegionConfig,
    parts: ManagerParts,
  ): Promise<ReceiptSyncManager> {
    return ReceiptSyncManager.#start(config instanceof MultiRegionConfig ? config.validate() : config, parts);
  }

  /** The same from the legacy configuration of the seeds; region ids are made from the endpoints (DESIGN §5). */
  static async fromRegionConfig(
    legacy: RegionConfig | SnakeCaseRegionConfig,
    parts: ManagerParts,
  ): Promise<ReceiptSyncManager> {
    return ReceiptSyncManager.#start(legacy, parts);
  }

  static async #start(config: unknown, parts: ManagerParts): Promise<ReceiptSyncManager> {
    const valid = validated(config);
    checkParts(valid, parts);
    const clock = parts.clock ?? systemClock;
    const transport = parts.transport ?? defaultTransport(clock);
    const running = await Running.start(valid, parts, clock, transport).catch(async (error: unknown) => {
      // What was handed in stays with whoever handed it in; this one is nobody else's.
      if (transport !== parts.transport) await transport.close();
      throw error;
    });
    running.warnOfPolicy();
    return new ReceiptSyncManager(running, parts);
  }

  /** The configuration in force. */
  get config(): Config {
    return this.#running.engine.around.config;
  }

  /**
   * Stores a receipt here, hands it to every region, and waits as the options say (DESIGN §7). The wait may end; delivery does
   * not (I2).
   *
   * A state that was committed lately under the same policy is answered at once, from memory.
   *
   * Rejects with {@link InvalidReceiptError}, {@link InvalidOptionsError}, {@link OverloadedError}, {@link ManagerClosedError},
   * {@link StoreError} (then nothing was sent), or the reason of `options.signal`.
   */
  async syncReceipt(receipt: ReceiptInput, options: SyncOptions = {}): Promise<SyncResult> {
    return syncReceipt(this.#running.engine, receipt, options);
  }

  /**
   * The same for many receipts: one commit stores them all, and each gets a result of its own, in their order. What one region
   * refuses of them changes nothing for the others. The wait of each begins when all are stored.
   *
   * Rejects as `syncReceipt` does, and then nothing was stored; an {@link InvalidReceiptError} tells by its `index` which it was.
   */
  async syncReceipts(receipts: readonly ReceiptInput[], options: SyncOptions = {}): Promise<readonly SyncResult[]> {
    return syncReceipts(this.#running.engine, receipts, options);
  }

  /**
   * Waits for a receipt that this region already holds, also after a restart. Rejects with {@link ReceiptNotFoundError} where it
   * does not hold it in the state asked for, and else as `syncReceipt`.
   */
  async awaitQuorum(receiptId: string, options: AwaitOptions = {}): Promise<SyncResult> {
    return awaitQuorum(this.#running.engine, receiptId, options);
  }

  /** Whether a quorum holds the receipt right now, contents compared; true when sync is disabled, as in the seeds (DESIGN §10). */
  async verifyQuorum(receiptId: string, options: InspectOptions = {}): Promise<boolean> {
    if (!this.config.crossRegionSyncEnabled) return true;
    return (await inspect(this.#running.engine, receiptId, options)).quorumAchieved;
  }

  /** What every region holds under an id right now, and the verdict over it. */
  async inspect(receiptId: string, options: InspectOptions = {}): Promise<Inspection> {
    return inspect(this.#running.engine, receiptId, options);
  }

  /** The newest state that this region's log holds under an id; `undefined` where it holds none. */
  async get(receiptId: string): Promise<LogRow | undefined> {
    return this.#running.engine.around.store.get(receiptId);
  }

  /** A page of this region's log. Rejects with {@link InvalidOptionsError} or {@link StoreError}. */
  async list(options: ListOptions = {}): Promise<ReceiptPage> {
    return listReceipts(this.#running.engine.around.store, options);
  }

  /**
   * A page of what other regions did not take, the open ones unless the options say otherwise. Rejects with
   * {@link UnknownRegionError}, {@link InvalidOptionsError} or {@link StoreError}.
   */
  async deadLetters(options: DeadLetterOptions = {}): Promise<DeadLetterPage> {
    return listDeadLetters(this.#running.engine, options);
  }

  /**
   * What lies in a region's dead letters under an id, whatever has become of it, with the receipt itself; one entry for each state
   * and store. Rejects with {@link UnknownRegionError}, {@link DeadLetterNotFoundError} or {@link StoreError}.
   */
  async deadLetter(regionId: string, receiptId: string): Promise<readonly BuriedReceipt[]> {
    return showDeadLetter(this.#running.engine, regionId, receiptId);
  }

  /**
   * Sends dead letters once more and waits a while for the answers: an acknowledged one is resolved, a refused one is buried again.
   * Rejects with {@link UnknownRegionError}, {@link DeadLetterNotFoundError}, {@link InvalidOptionsError} (also while sync is
   * disabled), {@link StoreError}, or the reason of `options.signal`.
   */
  async replayDeadLetters(selection: DeadLetterSelection, options: ReplayOptions = {}): Promise<ReplayedDeadLetters> {
    return replayDeadLetters(this.#running.engine, selection, options);
  }

  /**
   * An operator gives dead letters up: they are marked, never deleted, and a refusal still is one. Poison is not tried again.
   * Rejects with {@link UnknownRegionError}, {@link DeadLetterNotFoundError}, {@link InvalidOptionsError} or {@link StoreError};
   * then some may be discarded already, and discarding them again is harmless.
   */
  async discardDeadLetters(
    selection: DeadLetterSelection,
    options: DeadLetterActOptions = {},
  ): Promise<SelectedDeadLetters> {
    return discardDeadLetters(this.#running.engine, selection, options);
  }

  /** Status of every remote region, in the order of the configuration. */
  async getSyncStatus(): Promise<readonly RegionReport[]> {
    return regionReports(this.#running.engine, this.#running.greetings.all);
  }

  /**
   * Available remote regions, remote regions, and whether the available ones with the local one could be a quorum now. Not available
   * is whoever failed three times in a row, deliveries or the greeting that is sent every 30 s, refuses us altogether, or does
   * not vote for now.
   */
  async getHealthStatus(): Promise<readonly [availableRegions: number, totalRegions: number, quorum: boolean]> {
    return healthStatus(this.#running.engine, this.#running.greetings.all);
  }

  /** What was counted since the start, and how things stand: for dashboards and alarms. Rejects with {@link StoreError}. */
  async metrics(): Promise<ManagerMetrics> {
    return managerMetrics(this.#running.engine);
  }

  /** Whether this region is the primary one: true also when none is configured. Syncing needs none. */
  isPrimary(): boolean {
    return isPrimary(this.config);
  }

  /** Who this region is: its store, and whether that store votes. */
  introduction(): Introduction {
    return this.#running.engine.around.store.introduction();
  }

  /**
   * An operator accepts that what an earlier store of this region alone held is lost: the present one votes from now on. Does
   * nothing where no loss is to be accepted.
   */
  async acceptLoss(): Promise<void> {
    const { store, logger } = this.#running.engine.around;
    if (!store.introduction().refilling) return;
    await store.acceptLoss();
    logger(lines.lossAccepted(store.introduction().store.storeId));
  }

  /**
   * Puts another configuration into force without a restart. Calls that wait keep the policy they began with. Rejects with
   * {@link ConfigError} or {@link StillOwedError}; then the old one is still in force.
   */
  async reconfigure(config: Config | ConfigInput | MultiRegionConfig, options: ReconfigureOptions = {}): Promise<void> {
    const valid = validated(config instanceof MultiRegionConfig ? config.validate() : config);
    const { region } = this.config;
    if (valid.region !== region) {
      const message = `region can not change while running (it is ${region}): restart with the new name`;
      throw new ConfigError([{ path: "region", message }]);
    }
    checkParts(valid, this.#parts);
    await this.#running.configure(valid, options.abandon ?? this.#parts.abandon ?? []);
    this.#running.warnOfPolicy();
  }

  /** Calls `listener` at each such event; the returned function ends that. */
  on<Name extends keyof ManagerEventMap>(name: Name, listener: (...event: ManagerEventMap[Name]) => void): () => void {
    return this.#running.engine.around.events.on(name, listener);
  }

  /** Ends intake, ends waits with what is known, keeps what is undelivered in the log, and closes store and transport. */
  async close(options: CloseOptions = {}): Promise<void> {
    await this.#running.close(options.drainMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #heard(from: Introduction): void {
    const regionId = this.#running.engine.peers.hear(from);
    if (regionId !== undefined) this.#running.heard(regionId, from.store.storeId, from.store.epoch);
  }
}

function validated(config: unknown): Config {
  if (isParsed(config)) return config;
  const parsed = parseConfig(config);
  if (parsed.kind === "invalid") throw new ConfigError(parsed.problems);
  return parsed.config;
}

/** What `parseConfig` made has its policy resolved; what people write can not have these keys. */
function isParsed(config: unknown): config is Config {
  return typeof config === "object" && config !== null && "policy" in config && "timeoutMs" in config;
}
