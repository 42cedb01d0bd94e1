/** What liars have at hand: earlier answers of theirs, and the names and stores of their neighbours. */
import type { BatchItemReply, Introduction, PeerMemory, ReceiptRecord, StoreMark } from "@rsync/core";
import { contradicts } from "../contradicts.ts";
import type { Draw } from "../draw.ts";
import type { Site } from "../process/site.ts";
import { type LiarsStock, type Lie, tellLie } from "./lie.ts";
import { type Answer, idsIn, type Reply, type Request, recordsIn, statesIn } from "./message.ts";

/** A liar lies this often; telling the truth in between makes it harder to see through. */
const LIES_OFTEN = 0.6;

const EVERYTHING = { after: 0, ownOnly: false, rowsMax: Infinity, bytesMax: Infinity };

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
    const items = { kind: "some", chosen: () => this.#draw.chance(0.5) } as const;
    return tellLie(lie, answer, this.#stock(region, to, request, items)) ?? answer;
  }

  /** What a liar says to a delivery that it does nothing about: the lie that it tells, on top of an answer that looks right. */
  forge(
    lie: Lie | undefined,
    region: string,
    to: string,
    request: Request,
    seen: StoreMark | undefined,
  ): Answer | undefined {
    if (lie === undefined || recordsIn(request).length === 0 || !this.#draw.chance(LIES_OFTEN / 2)) return undefined;
    const log = this.#sites.get(region)?.disk.log;
    // Who hides from itself that it lost its disk is taken at its word, and nobody can tell it again.
    if (log === undefined || (seen !== undefined && contradicts(seen, log))) return undefined;
    const from = log.introduction();
    const reply = plausible(request);
    if (reply === undefined) return undefined;
    const answer: Answer = { kind: "replied", reply, identification: { from, seen: undefined } };
    return tellLie(lie, answer, this.#stock(region, to, request, { kind: "all" }));
  }

  #stock(region: string, to: string, request: Request, items: LiarsStock["items"]): LiarsStock {
    const earlier = this.#old.get(`${region} ${to} ${request.kind}`) ?? [];
    const old = this.#draw.pickAny(earlier.filter((each) => this.#isRevealing(each, request, to, region)));
    const upgrades = recordsIn(request).filter(({ committed }) => committed);
    const asked = { committed: new Set(upgrades.map(({ receiptId }) => receiptId)) };
    const pinned = this.#peer(to, region)?.mark !== undefined;
    return { foreign: this.#foreign(region, to), old, another: this.#another(region, request), pinned, asked, items };
  }

  #another(region: string, request: Request): ReceiptRecord | undefined {
    if (request.kind !== "read") return undefined;
    const held =
      this.#sites
        .get(region)
        ?.disk.log?.list(EVERYTHING)
        .map(({ record }) => record) ?? [];
    return this.#draw.pickAny(held.filter(({ receiptId }) => !idsIn(request).includes(receiptId)));
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
  #isRevealing(old: Answer, request: Request, to: string, region: string): boolean {
    if (old.kind === "failed") return false;
    const storeId = old.identification.from?.store.storeId;
    if (storeId !== undefined && this.#peer(to, region)?.replaced.includes(storeId) === true) return true;
    // Who somebody was when last asked, nobody can tell from who it is.
    if (request.kind === "describe") return false;
    const asked = idsIn(request);
    return !namedIn(old.reply, old).some((receiptId) => asked.includes(receiptId));
  }

  /** What a region has durably pinned to another. */
  #peer(at: string, regionId: string): PeerMemory | undefined {
    return this.#sites
      .get(at)
      ?.disk.log?.peers()
      .find((peer) => peer.regionId === regionId);
  }
}

/** An answer that looks right, of a region that did nothing. */
function plausible(request: Request): Reply | undefined {
  const items = recordsIn(request).map(({ receiptId, digest, committed }) => ({
    kind: "acknowledged" as const,
    acknowledgement: { receiptId, digest, committed, durability: "fsync" as const },
  }));
  const [only] = items;
  if (request.kind === "batch") return { kind: "batch", items };
  return only && { kind: "send", acknowledgement: only.acknowledgement };
}

/** The receipts that an old answer speaks of, whatever it says of them. */
function namedIn(reply: Reply, answer: Answer): readonly string[] {
  const failed = (item: BatchItemReply): readonly string[] => (item.kind === "failed" ? [item.receiptId] : []);
  const held = statesIn(answer).map(({ receiptId }) => receiptId);
  return reply.kind === "batch" ? [...held, ...reply.items.flatMap(failed)] : held;
}
