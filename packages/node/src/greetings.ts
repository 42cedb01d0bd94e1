import type { RegionDescription, RemoteRegionConfig } from "@rsync/core";
import type { Engine } from "./engine.ts";
import * as lines from "./log-lines.ts";

/** A region is not greeted more often, however often it asks for it. */
const GREET_EVERY_MS = 1_000;

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

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get all(): ReadonlyMap<string, Greeting> {
    return this.#byRegion;
  }

  start(): void {
    for (const region of this.#engine.around.config.regions) void this.#greet(region);
  }

  /** Its store was opened anew, or it was heard of from another store than the one remembered. */
  again(regionId: string): void {
    const region = this.#engine.around.config.regions.find((each) => each.regionId === regionId);
    const { clock } = this.#engine.around;
    const sinceMs = clock.monotonicMs() - (this.#lastMs.get(regionId) ?? Number.NEGATIVE_INFINITY);
    if (region !== undefined && sinceMs >= GREET_EVERY_MS) void this.#greet(region);
  }

  async #greet(region: RemoteRegionConfig): Promise<void> {
    const { regionId } = region;
    if (this.#under.has(regionId)) return;
    this.#under.add(regionId);
    this.#lastMs.set(regionId, this.#engine.around.clock.monotonicMs());
    const { exchange, around, policyDigest } = this.#engine;
    try {
      const met = await exchange.with(region, this.#engine.signal, (call) => around.transport.describe(call));
      if (met.kind === "failed") return;
      this.#byRegion.set(regionId, { description: met.reply });
      const theirs = met.reply.policyDigest;
      // Ids that were made from legacy endpoints differ from region to region, and so do the digests over them.
      const comparable = !around.config.regions.some(({ alias }) => alias);
      if (comparable && theirs !== policyDigest) around.logger(lines.policyDiffers(regionId, policyDigest, theirs));
    } catch (error) {
      around.logger(lines.verificationTaskPanicked(regionId, String(error)));
    } finally {
      this.#under.delete(regionId);
    }
  }
}
