import type { ReceiptState } from "@rsync/core";
import { LRUCache } from "lru-cache";
import type { ResolvedOptions } from "./call-options.ts";
import type { SyncResult } from "./sync-result.ts";

/** How well the cache of recent syncs serves. */
export interface CacheFigures {
  readonly receipts: number;
  readonly receiptsMax: number;
  /** Submissions that were answered from it. */
  readonly hits: number;
  /** Submissions that were not. */
  readonly misses: number;
}

/**
 * Remembers which states were committed lately, so that the same submission again is answered at once, without traffic and
 * without the log (DESIGN §10). Only what a quorum holds is remembered, and forgotten as soon as any store was replaced or does
 * not vote, and with each change of configuration: from then on it is asked for anew. Verification never looks here.
 */
export class RecentSyncs {
  readonly #results: LRUCache<string, SyncResult> | undefined;
  readonly #receiptsMax: number;
  #era = 0;
  #hits = 0;
  #misses = 0;

  /** `receiptsMax` 0 remembers nothing. */
  constructor(receiptsMax: number) {
    this.#receiptsMax = receiptsMax;
    this.#results = receiptsMax > 0 ? new LRUCache({ max: receiptsMax }) : undefined;
  }

  get figures(): CacheFigures {
    const receipts = this.#results?.size ?? 0;
    return { receipts, receiptsMax: this.#receiptsMax, hits: this.#hits, misses: this.#misses };
  }

  /** Ends with each {@link forget}: what a call that began in an earlier one has heard may not hold any more. */
  get era(): number {
    return this.#era;
  }

  /** The result of an earlier call, where it answers this one too. What is held with `committed: true` answers for `false`. */
  find({ digest, committed }: ReceiptState, policyDigest: string, options: ResolvedOptions): SyncResult | undefined {
    const found =
      this.#results?.get(keyOf(digest, true)) ?? (committed ? undefined : this.#results?.get(keyOf(digest, false)));
    const fits =
      found !== undefined &&
      found.policyDigest === policyDigest &&
      // A quorum of the call's own was never judged.
      options.policies.length === 1 &&
      (options.waitFor !== "all" || found.syncedRegions === found.totalRegions);
    if (!fits) {
      this.#misses += 1;
      return undefined;
    }
    this.#hits += 1;
    return found;
  }

  /** `era`: the one in which the call began. */
  remember(result: SyncResult, options: ResolvedOptions, era: number): void {
    if (era !== this.#era || result.outcome !== "committed" || options.policies.length !== 1) return;
    this.#results?.set(keyOf(result.digest, result.committed), result);
  }

  /** A store was replaced, or does not vote: what it confirmed may be nowhere any more. */
  forget(): void {
    this.#era += 1;
    this.#results?.clear();
  }
}

function keyOf(digest: string, committed: boolean): string {
  return committed ? digest : `${digest}-`;
}
