/** Several regions in one process: real managers and receiving sides, an ideal network, and a clock moved by hand. */
import type { ConfigInput, LogLine, ReceiptInput, ReceiptStore, Transport } from "@rsync/core";
import { type ManagerParts, memoryStore, ReceiptSyncManager, type RegionReport } from "@rsync/node";
import { seededRandom, seededRandomId, type VirtualClock, virtualClock } from "@rsync/testkit";
import { FAIR, LoopbackNetwork, type Weather } from "./loopback-network.ts";

export const EAST = "us-east-1";
export const WEST = "us-west-1";
export const EU = "eu-west-1";
export const REGIONS: readonly string[] = [EAST, WEST, EU];

export interface StartOptions {
  readonly config?: Partial<ConfigInput>;
  readonly store?: ReceiptStore;
  readonly parts?: Partial<ManagerParts>;
}

/** Managers that know each other as `http://ID.example`. Their stores count although they only keep memory. */
export class LoopbackDeployment {
  readonly clock: VirtualClock = virtualClock({ settleTurns: 3 });
  readonly network: LoopbackNetwork;
  readonly managers = new Map<string, ReceiptSyncManager>();
  readonly stores = new Map<string, ReceiptStore>();
  readonly #logs = new Map<string, LogLine[]>();
  #starts = 0;

  /** `batches: false`: the transport knows only the seeds' requests. */
  constructor(options: { readonly batches?: boolean } = {}) {
    const receiverOf = (region: string) => this.managers.get(region)?.receiver;
    this.network = new LoopbackNetwork(this.clock, receiverOf, options.batches ?? true);
  }

  transport(from = EAST): Transport {
    return this.network.transport(from);
  }

  setWeather(regionId: string, weather: Weather): void {
    this.network.setWeather(regionId, weather);
  }

  clearWeather(): void {
    for (const region of this.managers.keys()) this.setWeather(region, FAIR);
  }

  /** A store of a region that no manager has used yet; each has an id of its own. */
  freshStore(regionId: string): ReceiptStore {
    this.#starts += 1;
    return memoryStore({ regionId, randomId: seededRandomId(this.#starts), wallMs: this.clock.wallMs });
  }

  /** A configuration in which a region knows `others`. */
  config(region: string, others: readonly string[], config: Partial<ConfigInput> = {}): ConfigInput {
    return {
      region,
      crossRegionSyncEnabled: true,
      regions: others.map((regionId) => ({ regionId, endpoint: `http://${regionId}.example` })),
      ...(config.quorum === undefined ? { quorumThreshold: 2 } : {}),
      requireDurable: false,
      ...config,
    };
  }

  parts(region: string, store: ReceiptStore): ManagerParts & { readonly transport: Transport } {
    const log = this.#logs.get(region) ?? [];
    this.#logs.set(region, log);
    this.#starts += 1;
    return {
      store,
      transport: this.network.transport(region),
      clock: this.clock,
      random: seededRandom(this.#starts),
      logger: (line) => log.push(line),
      receiptLogger: (line) => log.push(line),
    };
  }

  /** Starts a region, or starts it again. */
  async start(
    region: string,
    others: readonly string[] = REGIONS.filter((other) => other !== region),
    options: StartOptions = {},
  ): Promise<ReceiptSyncManager> {
    const store = options.store ?? this.freshStore(region);
    const manager = await ReceiptSyncManager.create(this.config(region, others, options.config), {
      ...this.parts(region, store),
      ...options.parts,
    });
    this.managers.set(region, manager);
    this.stores.set(region, store);
    return manager;
  }

  /** Starts all three regions; returns the first. */
  async startAll(config: Partial<ConfigInput> = {}, parts: Partial<ManagerParts> = {}): Promise<ReceiptSyncManager> {
    for (const region of REGIONS) await this.start(region, undefined, { config, parts });
    await this.clock.settle();
    return this.manager(EAST);
  }

  manager(region: string): ReceiptSyncManager {
    const manager = this.managers.get(region);
    if (manager === undefined) throw new Error(`${region} was not started`);
    return manager;
  }

  store(region: string): ReceiptStore {
    const store = this.stores.get(region);
    if (store === undefined) throw new Error(`${region} was not started`);
    return store;
  }

  /** What `at` says of a remote region. */
  async report(at: string, regionId: string): Promise<RegionReport> {
    const report = (await this.manager(at).getSyncStatus()).find((each) => each.regionId === regionId);
    if (report === undefined) throw new Error(`${at} knows no ${regionId}`);
    return report;
  }

  messages(region: string, level?: LogLine["level"]): readonly string[] {
    return (this.#logs.get(region) ?? [])
      .filter((line) => level === undefined || line.level === level)
      .map(({ message }) => message);
  }

  clearLogs(): void {
    for (const log of this.#logs.values()) log.length = 0;
  }

  /** Ends a region; nobody answers for it until it is started again. */
  async stop(region: string): Promise<void> {
    const closing = this.manager(region).close({ drainMs: 0 });
    this.managers.delete(region);
    await this.clock.advance(0);
    await closing;
  }

  async close(): Promise<void> {
    for (const region of [...this.managers.keys()]) await this.stop(region);
  }
}

/** A store that stays open when its manager closes it: what a disk is to a process. */
export function outliving(store: ReceiptStore): ReceiptStore {
  return { ...store, close: async () => {} };
}

/** A receipt that differs by its number alone. */
export function receipt(number: number | string, overrides: Partial<ReceiptInput> = {}): ReceiptInput {
  return {
    receiptId: `rec-${number}`,
    transactionId: `tx-${number}`,
    hash: new Uint8Array([1, 2, 3, 4]),
    ticks: 42,
    spanId: 789n,
    committed: true,
    ...overrides,
  };
}

export const receipts = (count: number, from = 1): readonly ReceiptInput[] =>
  Array.from({ length: count }, (_, index) => receipt(from + index));
