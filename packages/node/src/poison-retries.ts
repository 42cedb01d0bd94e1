import type { CancelTimer } from "@rsync/core";
import type { Engine } from "./engine.ts";
import * as lines from "./log-lines.ts";
import { replayRegion } from "./replay-dead-letters.ts";

const RETRY_MS = 3_600_000;

/** After a start: a process that never lives for an hour tries poison all the same. */
const FIRST_RETRY_MS = 60_000;

/** Sends open poison once more, every hour: it is waiting, not refused (DESIGN §8). */
export class PoisonRetries {
  readonly #engine: Engine;
  /** Regions whose last round has not ended yet, because they are away. */
  readonly #underWay = new Set<string>();
  #cancel: CancelTimer | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  start(): void {
    this.#scheduleRound(FIRST_RETRY_MS);
  }

  stop(): void {
    this.#cancel?.();
  }

  #scheduleRound(delayMs: number): void {
    this.#cancel = this.#engine.around.clock.schedule(delayMs, () => {
      for (const regionId of this.#engine.lanes.keys()) void this.#retry(regionId);
      this.#scheduleRound(RETRY_MS);
    });
  }

  async #retry(regionId: string): Promise<void> {
    if (this.#underWay.has(regionId)) return;
    this.#underWay.add(regionId);
    const poison = { kind: "all", regionId, letterKind: "poison" } as const;
    try {
      await replayRegion(this.#engine, poison, regionId, Number.POSITIVE_INFINITY, async () => {});
    } catch (error) {
      // A log that is closing can not be read, and the next manager goes on.
      if (this.#engine.signal.aborted) return;
      this.#engine.around.logger(lines.storeTrouble(`try what is poison for region ${regionId} again`, String(error)));
    } finally {
      this.#underWay.delete(regionId);
    }
  }
}
