/** What liars have at hand: earlier answers of theirs, and the names and stores of their neighbours. */
import type { Introduction, PeerMemory } from "@rsync/core";
import type { Draw } from "../draw.ts";
import type { Site } from "../process/site.ts";
import { type LiarsStock, type Lie, tellLie } from "./lie.ts";
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
    return tellLie(lie, answer, this.#stock(region, to, request, answer)) ?? answer;
  }

  /** What a liar says to a delivery that it does nothing about: the lie that it tells, on top of an answer that looks right. */
  forge(lie: Lie | undefined, region: string, to: string, request: Request): Answer | undefined {
    if (lie === undefined || request.kind !== "send" || !this.#draw.chance(LIES_OFTEN / 2)) return undefined;
    const from = this.#sites.get(region)?.disk.log?.introduction();
    if (from === undefined) return undefined;
    const { receiptId, digest, committed } = request.record;
    const acknowledgement = { receiptId, digest, committed, durability: "fsync" as const };
    const plausible: Answer = {
      kind: "replied",
      reply: { kind: "send", acknowledgement },
      identification: { from, seen: undefined },
    };
    return tellLie(lie, plausible, this.#stock(region, to, request, plausible));
  }

  #stock(region: string, to: string, request: Request, truth: Answer): LiarsStock {
    const earlier = this.#old.get(`${region} ${to} ${request.kind}`) ?? [];
    const old = this.#draw.pickAny(earlier.filter((each) => this.#isRevealing(each, truth, to, region)));
    return { foreign: this.#foreign(region, to), old, pinned: this.#peer(to, region)?.mark !== undefined };
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
   * One that says the same as a true one could is still true, or nobody could tell. Nor can anybody tell an old refusal from a
   * new one: a problem document does not yet have to name what it refuses.
   */
  #isRevealing(old: Answer, truth: Answer, to: string, region: string): boolean {
    if (old.kind === "failed") return false;
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
