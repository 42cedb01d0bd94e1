/** What liars have at hand: earlier answers of theirs, and the names and stores of their neighbours. */
import type { Introduction } from "@rsync/core";
import type { Draw } from "../draw.ts";
import type { Site } from "../process/site.ts";
import { type Lie, tellLie } from "./lie.ts";
import type { Answer, Request } from "./message.ts";

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
    const pinned = this.#pinned(to, region) !== undefined;
    const stock = { foreign: this.#foreign(region, to), old: this.#draw.pickAny(earlier), pinned, draw: this.#draw };
    return tellLie(lie, answer, stock) ?? answer;
  }

  /** A third region's introduction, known to whoever is lied to. */
  #foreign(region: string, to: string): Introduction | undefined {
    for (const regionId of this.#draw.shuffled([...this.#sites.keys()])) {
      if (regionId === region || regionId === to) continue;
      const introduction = this.#sites.get(regionId)?.disk.log?.introduction();
      const pinned = this.#pinned(to, regionId);
      if (introduction !== undefined && pinned === introduction.store.storeId) return introduction;
    }
    return undefined;
  }

  /** The store that a region has durably pinned to another. */
  #pinned(at: string, regionId: string): string | undefined {
    const peers = this.#sites.get(at)?.disk.log?.peers() ?? [];
    return peers.find((peer) => peer.regionId === regionId)?.mark?.storeId;
  }
}
