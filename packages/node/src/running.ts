import {
  type CancelTimer,
  type Clock,
  type Config,
  type Cursor,
  checkPolicy,
  isSeedStyle,
  SEED_STYLE_STORE,
  type Transport,
} from "@rsync/core";
import { defined } from "./defined.ts";
import type { Engine } from "./engine.ts";
import { ManagerClosedError } from "./errors.ts";
import { Greetings } from "./greetings.ts";
import { DEFAULT_INTAKE_LIMITS, Intake } from "./intake.ts";
import type { LaneDriver } from "./lane-driver.ts";
import * as lines from "./log-lines.ts";
import { Metrics } from "./metrics.ts";
import { type ManagerParts, type Surroundings, surroundings } from "./parts.ts";
import { PoisonRetries } from "./poison-retries.ts";
import { RecentSyncs } from "./recent-syncs.ts";
import { type StartedEngine, savedCursor, startEngine } from "./start-engine.ts";
import { Waits } from "./waits.ts";

/** Cursors and marks are saved at most this often: what a crash loses of them is sent again. */
const SAVE_EVERY_MS = 1_000;

/** After the log could not take them. */
const SAVE_AGAIN_MS = 10_000;

/** Milliseconds that requests in flight get to finish at `close`, unless it says otherwise. */
const DRAIN_MS = 5_000;

/** Milliseconds that a transport gets to give up what is in flight, once it was told to. */
const LET_GO_MS = 1_000;

/** Receipts of which the manager remembers that they were committed, unless it is told otherwise. */
const RECENT_RECEIPTS_MAX = 10_000;

/** What runs under one configuration. */
interface Living {
  readonly started: StartedEngine;
  readonly greetings: Greetings;
  readonly poison: PoisonRetries;
}

/** The life of a manager: start, change of configuration, close. What it does while it lives, its procedures do. */
export class Running {
  readonly #parts: ManagerParts;
  readonly #clock: Clock;
  readonly #transport: Transport;
  readonly #waits: Waits;
  readonly #intake: Intake;
  readonly #recent: RecentSyncs;
  readonly #metrics = new Metrics();
  readonly #lanes = new Map<string, LaneDriver>();
  /** Lanes of earlier configurations that still have something in flight. */
  readonly #retired = new Set<LaneDriver>();
  readonly #closing = new AbortController();
  #current: Living | undefined;
  #cursors: readonly Cursor[] = [];
  #cancelSave: CancelTimer | undefined;
  #closed: Promise<void> | undefined;
  /** The last change of configuration that was asked for; the next one waits for it. */
  #configuring: Promise<void> = Promise.resolve();

  private constructor(parts: ManagerParts, clock: Clock, transport: Transport) {
    this.#parts = parts;
    this.#clock = clock;
    this.#transport = transport;
    this.#waits = new Waits(clock);
    this.#intake = new Intake(clock, () => ({ ...DEFAULT_INTAKE_LIMITS, ...defined(parts.intakeLimits) }));
    this.#recent = new RecentSyncs(parts.recentReceiptsMax ?? RECENT_RECEIPTS_MAX);
  }

  static async start(config: Config, parts: ManagerParts, clock: Clock, transport: Transport): Promise<Running> {
    const running = new Running(parts, clock, transport);
    await running.configure(config, parts.abandon ?? []);
    const { around } = running.engine;
    void parts.store.failure.then((error) => around.events.emit("storeFailed", error));
    return running;
  }

  /** The parts that run now. Throws {@link ManagerClosedError} once `close` began. */
  get engine(): Engine {
    return this.#living.started.engine;
  }

  get ownStore(): StartedEngine["ownStore"] {
    return this.#living.started.ownStore;
  }

  get greetings(): Greetings {
    return this.#living.greetings;
  }

  /**
   * Puts a configuration into force, one after the other. Waits that have begun keep the policy they began with; what is in
   * flight under the old one ends beside the new one. When it rejects, the old one is still in force.
   */
  configure(config: Config, abandon: readonly string[]): Promise<void> {
    const configured = this.#configuring.then(() => this.#configure(config, abandon));
    this.#configuring = configured.catch(() => {});
    return configured;
  }

  async #configure(config: Config, abandon: readonly string[]): Promise<void> {
    this.#refuseWhenClosed();
    const before = this.#current;
    const lasting = before?.started.engine.around;
    const around: Surroundings = surroundings(config, this.#parts, this.#transport, this.#clock, lasting);
    await this.save();
    const prepared = await startEngine({
      around,
      waits: this.#waits,
      intake: this.#intake,
      recent: this.#recent,
      metrics: this.#metrics,
      lanes: this.#lanes,
      signal: this.#closing.signal,
      cursorMoved: () => this.#saveSoon(),
      listener: {
        storeChanged: (regionId, earlier, later) => this.#storeChanged(regionId, earlier, later),
        reopened: (regionId) => this.#current?.greetings.again(regionId),
        spokeOtherwise: (regionId) => this.#current?.greetings.afterHearing(regionId),
        ownStoreChanged: () => this.#current?.greetings.announce(),
        voteLost: (regionId, storeId) => {
          this.#waits.withdraw(regionId, storeId);
          this.#recent.forget();
        },
      },
      abandon,
    });
    this.#refuseWhenClosed();
    // From here on nothing is awaited, so that no row falls between the lanes and nothing can fail halfway (I2).
    before?.greetings.stop();
    this.#recent.forget();
    before?.poison.stop();
    this.#cursors = [...this.#retireLanes(), ...prepared.cursors];
    const started = prepared.install(this.#cursors, before?.started.engine.peers);
    const greetings = new Greetings(started.engine);
    const poison = new PoisonRetries(started.engine);
    this.#current = { started, greetings, poison };
    for (const lane of this.#lanes.values()) lane.start();
    if (config.crossRegionSyncEnabled) {
      greetings.start();
      poison.start();
    }
    this.#saveSoon();
    around.logger(lines.initialized(config.region, config.regions.length));
  }

  /** Ends the lanes in force and returns how far they came; what they have in flight may end by itself. */
  #retireLanes(): readonly Cursor[] {
    return [...this.#lanes].map(([regionId, lane]) => {
      this.#retired.add(lane);
      void lane.stop().then(() => this.#retired.delete(lane));
      return { regionId, ...lane.cursor };
    });
  }

  /** Says what an operator should know of the policy, at every start (DESIGN §5). Regions that showed our headers are proven. */
  warnOfPolicy(): void {
    const { around, peers } = this.engine;
    const { config, logger } = around;
    const proven = config.regions.filter(({ regionId }) => !isSeedStyle(peers.memory(regionId)));
    const warnings = checkPolicy(config, new Set(proven.map(({ regionId }) => regionId)));
    for (const { message } of warnings) logger(lines.policyWarning(message));
    const { crossRegionSyncEnabled, requireDurable } = config;
    if (crossRegionSyncEnabled && requireDurable && around.store.durability === "memory")
      logger(lines.memoryDoesNotVote());
  }

  /** A message of a region came in. */
  heard(regionId: string, storeId: string, epoch: string): void {
    const mark = this.#current?.started.engine.peers.markOf(regionId);
    this.#lanes.get(regionId)?.heard();
    this.#saveSoon();
    if (mark?.storeId !== storeId || mark.epoch !== epoch) this.#current?.greetings.afterHearing(regionId);
  }

  /** Saves what a restart should not have to find out again. */
  async save(): Promise<void> {
    this.#cancelSave?.();
    this.#cancelSave = undefined;
    if (this.#current === undefined) return;
    const { store, logger } = this.#current.started.engine.around;
    const cursors = [...this.#lanes].map(([regionId, lane]): Cursor => ({ regionId, ...lane.cursor }));
    try {
      // Marks first: a cursor without the mark that it was reached under would hide that the region's store was restored (I2).
      await this.#current.started.engine.peers.flush();
      if (cursors.length > 0) await store.saveCursors(cursors);
    } catch (error) {
      logger(lines.storeTrouble("save the cursors of the regions", String(error)));
      this.#saveIn(SAVE_AGAIN_MS);
    }
  }

  /** Ends intake, lets requests in flight finish within the limit, keeps the rest in the log, and frees everything. */
  close(drainMs: number = DRAIN_MS): Promise<void> {
    this.#closed ??= this.#close(drainMs);
    return this.#closed;
  }

  get #living(): Living {
    this.#refuseWhenClosed();
    if (this.#current === undefined) throw new Error("Bug: used before it was configured");
    return this.#current;
  }

  #refuseWhenClosed(): void {
    if (this.#closed !== undefined) throw new ManagerClosedError();
  }

  async #close(drainMs: number): Promise<void> {
    this.#intake.turnAway(new ManagerClosedError());
    await this.#drain(drainMs);
    this.#closing.abort();
    this.#waits.endAll();
    this.#current?.greetings.stop();
    this.#current?.poison.stop();
    this.#current?.started.engine.around.seldomLines.close();
    await this.save();
    try {
      await this.#transport.close();
    } finally {
      await this.#parts.store.close();
    }
  }

  /** Lets what is in flight end by itself, then gives it up, and waits no longer for a transport that does not let go. */
  async #drain(drainMs: number): Promise<void> {
    const { promise: abandoned, resolve: abandon } = Promise.withResolvers<void>();
    let cancel = this.#clock.schedule(drainMs, () => {
      this.#closing.abort();
      cancel = this.#clock.schedule(LET_GO_MS, abandon);
    });
    const stopped = [...this.#lanes.values(), ...this.#retired].map((lane) => lane.stop());
    await Promise.race([Promise.all(stopped), abandoned]);
    cancel();
  }

  #saveSoon(): void {
    this.#saveIn(SAVE_EVERY_MS);
  }

  #saveIn(delayMs: number): void {
    if (this.#closed !== undefined) return;
    this.#cancelSave ??= this.#clock.schedule(delayMs, () => {
      this.#cancelSave = undefined;
      void this.save();
    });
  }

  /** A store that shows itself for the first time, where nothing was settled yet, just gives the cursor its name. */
  #storeChanged(regionId: string, before: string | undefined, after: string): void {
    this.#recent.forget();
    if (before !== undefined) this.#waits.tellAll({ kind: "storeReplaced", regionId, storeId: before });
    const lane = this.#lanes.get(regionId);
    if (lane === undefined) return;
    if (lane.cursor.storeId === SEED_STYLE_STORE && lane.untouched) lane.storeNamed(after);
    else lane.storeChanged(after, savedCursor(this.#cursors, regionId, after));
  }
}
