import {
  type BackoffRules,
  backoffMs,
  type CancelTimer,
  type Fault,
  type RegionDescription,
  type RemoteRegionConfig,
} from "@rsync/core";
import type { Engine } from "./engine.ts";
import * as lines from "./log-lines.ts";

/** A region is not greeted more often, however often it asks for it. */
const GREET_EVERY_MS = 1_000;

/**
 * A region that could not be reached is greeted again, so that its store and policy are known also when nothing is sent: soon,
 * because it may just be starting, and then less and less often.
 */
const GREET_UNREACHED: BackoffRules = { initialMs: GREET_EVERY_MS, maxMs: 30_000, jitter: "none" };

/** A region whose store is pinned is greeted regularly, so that a replaced one is noticed also where nothing is sent (I2). */
const GREET_REGULARLY_MS = 30_000;

/** One that has never sent our headers and has nothing to say is most likely a peer of the seeds: asked now and then. */
const GREET_STRANGER_MS = 300_000;

/** What a region said of itself when it was last met. */
export interface Greeting {
  readonly description: RegionDescription;
}

/**
 * Asks each region who it is: when the manager starts, and again whenever another opening of its store has answered. So
 * replaced and restored stores are noticed before receipts are sent, and a differing policy is told (DESIGN §11).
 */
export class Greetings {
  readonly #engine: Engine;
  readonly #byRegion = new Map<string, Greeting>();
  readonly #under = new Set<string>();
  readonly #lastMs = new Map<string, number>();
  readonly #unreached = new Map<string, number>();
  readonly #due = new Map<string, CancelTimer>();
  /** Regions that are to be greeted once more, whatever the greeting under way brings. */
  readonly #again = new Set<string>();
  /** Nobody is greeted before `start`, nor after `stop`. */
  #isOpen = false;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get all(): ReadonlyMap<string, Greeting> {
    return this.#byRegion;
  }

  start(): void {
    this.#isOpen = true;
    for (const region of this.#engine.around.config.regions) void this.#greet(region);
  }

  /** Greets nobody any more. */
  stop(): void {
    this.#isOpen = false;
    for (const cancel of this.#due.values()) cancel();
    this.#due.clear();
  }

  /** A reply has shown another opening of its store than the one remembered. */
  again(regionId: string): void {
    const region = this.#engine.around.config.regions.find((each) => each.regionId === regionId);
    if (region === undefined || this.#under.has(regionId)) return;
    const { clock } = this.#engine.around;
    const sinceMs = clock.monotonicMs() - (this.#lastMs.get(regionId) ?? Number.NEGATIVE_INFINITY);
    if (sinceMs >= GREET_EVERY_MS) void this.#greet(region);
    else this.#greetIn(region, GREET_EVERY_MS - sinceMs);
  }

  /** A request of its own has, or a reply that says less: the greeting under way may be lost, or answered by the store before (I2). */
  afterHearing(regionId: string): void {
    // It lives: how long it could not be reached before is no reason to wait for long.
    this.#unreached.delete(regionId);
    if (this.#under.has(regionId)) this.#again.add(regionId);
    else this.again(regionId);
  }

  /** The own store is another one now, or does not vote: everybody hears of it soon, also where nothing is sent (I2). */
  announce(): void {
    for (const region of this.#engine.around.config.regions) {
      this.#again.add(region.regionId);
      if (!this.#under.has(region.regionId)) void this.#greet(region);
    }
  }

  async #greet(region: RemoteRegionConfig): Promise<void> {
    const { regionId } = region;
    if (!this.#isOpen || this.#under.has(regionId)) return;
    this.#due.get(regionId)?.();
    this.#due.delete(regionId);
    this.#under.add(regionId);
    this.#again.delete(regionId);
    this.#lastMs.set(regionId, this.#engine.around.clock.monotonicMs());
    const { exchange, around, policyDigest } = this.#engine;
    try {
      const met = await exchange.with(region, this.#engine.signal, (call) => around.transport.describe(call));
      if (met.kind === "failed") return this.#greetLater(region, met.fault);
      this.#unreached.delete(regionId);
      const toldBefore = this.#byRegion.get(regionId)?.description.policyDigest;
      this.#byRegion.set(regionId, { description: met.reply });
      this.#greetIn(region, GREET_REGULARLY_MS);
      const theirs = met.reply.policyDigest;
      if (theirs === toldBefore) return;
      // Ids that were made from legacy endpoints differ from region to region, and so do the digests over them.
      const comparable = !around.config.regions.some(({ alias }) => alias);
      if (comparable && theirs !== policyDigest) around.logger(lines.policyDiffers(regionId, policyDigest, theirs));
    } catch (error) {
      around.logger(lines.greetingFailed(regionId, String(error)));
      this.#greetLater(region, { kind: "aborted" });
    } finally {
      this.#under.delete(regionId);
      if (this.#again.has(regionId)) this.#greetIn(region, GREET_EVERY_MS);
    }
  }

  #greetLater(region: RemoteRegionConfig, fault: Fault): void {
    this.#engine.peers.greetedInVain(region.regionId, fault);
    const { kind } = fault;
    const known = this.#engine.peers.markOf(region.regionId) !== undefined;
    const answers = kind === "status" || kind === "garbled" || kind === "mismatch";
    if (!known && answers) {
      this.#greetIn(region, GREET_STRANGER_MS);
      return;
    }
    const times = (this.#unreached.get(region.regionId) ?? 0) + 1;
    this.#unreached.set(region.regionId, times);
    this.#greetIn(region, backoffMs(GREET_UNREACHED, times, 0));
  }

  #greetIn(region: RemoteRegionConfig, delayMs: number): void {
    if (!this.#isOpen) return;
    const { clock } = this.#engine.around;
    this.#due.get(region.regionId)?.();
    this.#due.set(
      region.regionId,
      clock.schedule(delayMs, () => void this.#greet(region)),
    );
  }
}
