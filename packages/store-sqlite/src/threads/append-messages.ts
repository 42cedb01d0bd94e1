/**
 * How appends travel to the writing thread, and what became of them back. Both are as few things as possible: structured cloning
 * pays for each string, array and object, on both sides.
 */
import type { BlockHead } from "../row/block.ts";

/**
 * Appends that follow each other and have everything but their line in common; numbers go on by one. What an own submission
 * bears (region, store, number) is given by the writing thread, in the transaction.
 */
export type AppendRun = readonly [...head: BlockHead, receipts: string, rows: number];

/** The head of every run of own submissions. */
export const OWN_HEAD: BlockHead = [1, "", null, null];

/** What became of the receipts of an append job, without their contents, which the other side still has. */
export interface AppendOutcomes {
  /**
   * Three numbers for each receipt, in order: {@link OUTCOME}, then position and number under this store; for a duplicate and a
   * conflict the place of what is held in `heldDigests`, and its `committed`.
   */
  readonly numbers: Float64Array;
  readonly heldDigests: readonly string[];
}

export const OUTCOME_NUMBERS = 3;

export const OUTCOME = {
  /** `stored`, with the `committed` that was offered. */
  stored: 0,
  /** `stored` where a stale state was submitted: the row has `committed: true`. */
  storedCommitted: 1,
  upgraded: 2,
  duplicate: 3,
  conflict: 4,
} as const;
