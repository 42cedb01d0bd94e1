/** Chance for a simulation: every choice of a run follows from its seed and from what the choice is for. */
import type { Random } from "@rsync/core";
import { seededRandom } from "../seeded-random.ts";

/** Both ends included. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Draws for one purpose. Other purposes draw from sources of their own, so that switching one off leaves the rest as it was. */
export class Draw {
  readonly random: Random;

  constructor(seed: number, purpose: string) {
    this.random = seededRandom(mix(seed, purpose));
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.random() < probability;
  }

  number({ min, max }: Range): number {
    return min + (max - min) * this.random();
  }

  integer(min: number, max: number): number {
    return min + Math.floor(this.random() * (max - min + 1));
  }

  /** Waiting time until the next of events that come every `meanMs` on average. */
  exponential(meanMs: number): number {
    return -Math.log(1 - this.random()) * meanMs;
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[Math.floor(this.random() * items.length)] ?? items[0];
  }

  /** One of these, or nothing where there are none. */
  pickAny<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.random() * items.length)];
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    return items
      .map((item) => ({ item, place: this.random() }))
      .sort((left, right) => left.place - right.place)
      .map(({ item }) => item);
  }
}

/** FNV-1a over the purpose, begun with the seed. */
export function mix(seed: number, purpose: string): number {
  let hash = 0x811c9dc5 ^ Math.imul(seed | 0, 0x9e3779b1);
  for (let index = 0; index < purpose.length; index += 1) {
    hash = Math.imul(hash ^ purpose.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
