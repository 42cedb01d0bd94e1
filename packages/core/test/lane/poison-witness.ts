import { claim } from "./lane-parts.ts";
import type { Request } from "./lane-schedule.ts";

/**
 * Whether a row was parked rightly, reckoned from nothing but requests and their ends: it is parked as poison only if at least
 * three requests that carried it alone failed, each followed by a success of the region that was sent after that failure; and
 * after it no other one, until the region has taken something.
 */
export class PoisonWitness {
  /** The request that may be the first to show that it was not the region, by the position of a row that failed alone. */
  #unproven = new Map<number, number>();
  #proven = new Map<number, number>();
  #tookSinceParked = true;

  failed({ items, kind }: Request, requestsSoFar: number): void {
    const [item] = items;
    if (item === undefined || items.length > 1 || kind === "replay") return;
    this.#unproven.set(item.position, requestsSoFar);
  }

  /** The region has answered well; `took` where it settled rows. */
  succeeded({ ordinal }: Request, took: boolean): void {
    if (took) this.#tookSinceParked = true;
    for (const [position, from] of this.#unproven) {
      if (ordinal < from) continue;
      this.#unproven.delete(position);
      this.#proven.set(position, (this.#proven.get(position) ?? 0) + 1);
    }
  }

  parked(position: number): void {
    const proven = this.#proven.get(position) ?? 0;
    claim(proven >= 3, () => `parks ${position} after ${proven} failures that were its own`);
    claim(this.#tookSinceParked, () => `parks ${position} although the region has taken nothing since the last one`);
    this.#tookSinceParked = false;
  }

  storeChanged(): void {
    this.#unproven = new Map();
    this.#proven = new Map();
    this.#tookSinceParked = true;
  }
}
