/** What liars have at hand: earlier answers of theirs, and the names and stores of their neighbours. */
import type { Introduction, PeerMemory } from "@rsync/core";
import type { Draw } from "../draw.ts";
import type { Site } from "../process/site.ts";
import { type Lie, tellLie } from "./lie.ts";
import { type Answer, type Request, stateIn } from "./message.ts";

/** A liar lies this often; telling the truth in between makes it harder to see through. */
const LIES_OFTEN = 0.6;

export class LiarsStockroom {
  readonly #draw: Draw;
  readonly #sites: ReadonlyMap<string, Site>;
  readonly #old = new Map<string, Answer[]>();

  constructor(draw: Draw, sites: ReadonlyMap<string, Site>) {
    this.#draw = draw;
    this.#sites = sites;
  }

  /** The answer that leaves in the place of the true one; the true one itself where no lie is told. */
  tell(lie: Lie | undefined, region: string, to: string, request: Request, answer: Answer): Answer {
    const key = `${region} ${to} ${request.kind}`;
    const earlier = this.#old.get(key) ?? [];
    if (lie === undefined || !this.#draw.chance(LIES_OFTEN)) {
      this.#old.set(key, [...earlier, answer].slice(-8));
      return answer;
    }
    const stale = earlier.filter((old) => this.#isRevealing(old, answer, to, region));
    const pinned = this.#peer(to, region)?.mark !== undefined;
    const stock = { foreign: this.#foreign(region, to), old: this.#draw.pickAny(stale), pinned };
    return tellLie(lie, answer, stock) ?? answer;
  }

  /** A third region's introduction, known to whoever is lied to. */
  #foreign(region: string, to: string): Introduction | undefined {
    for (const regionId of this.#draw.shuffled([...this.#sites.keys()])) {
      if (regionId === region || regionId === to) continue;
      const introduction = this.#sites.get(regionId)?.disk.log?.introduction();
      const pinned = this.#peer(to, regionId)?.mark?.storeId;
      if (introduction !== undefined && pinned === introduction.store.storeId) return introduction;
    }
    return undefined;
  }

  /**
   * An old answer that shows itself as such: it speaks of something else, or for a store that the listener knows to be replaced.
   * One that says the same as a true one could is still true, or nobody could tell.
   */
  #isRevealing(old: Answer, truth: Answer, to: string, region: string): boolean {
    const storeId = old.identification.from?.store.storeId;
    if (storeId !== undefined && this.#peer(to, region)?.replaced.includes(storeId) === true) return true;
    const [before, now] = [stateIn(old), stateIn(truth)];
    return before === undefined || before.receiptId !== now?.receiptId;
  }

  /** What a region has durably pinned to another. */
  #peer(at: string, regionId: string): PeerMemory | undefined {
    return this.#sites
      .get(at)
      ?.disk.log?.peers()
      .find((peer) => peer.regionId === regionId);
  }
}
