/**
 * What becomes of one append, given the rows held under its id? Pure; the rules are those of `ReceiptStore.append`.
 *
 * It agrees with core's `compareStates` (a test holds it to that) and does not call it: this runs in a thread of its own, which
 * would have to load all of core, zod included, for two comparisons, at each opening of a store.
 */
import type { HeldState } from "@rsync/core";

/** A row held under the id, as far as the decision needs it. */
export interface HeldRow extends HeldState {
  readonly own: boolean;
}

/** What is offered. */
export interface Offer extends HeldState {
  readonly own: boolean;
}

export type AppendDecision =
  | { readonly kind: "insert"; readonly result: "stored" | "upgraded"; readonly committed: boolean }
  | { readonly kind: "duplicate"; readonly held: HeldState }
  | { readonly kind: "conflict"; readonly held: HeldState };

export function decideAppend(rows: readonly HeldRow[], offer: Offer): AppendDecision {
  const [first] = rows;
  if (first === undefined) return { kind: "insert", result: "stored", committed: offer.committed };
  // One content per id (I4), so the rows differ in `committed` alone.
  const held: HeldState = { digest: first.digest, committed: rows.some((row) => row.committed) };
  if (offer.digest !== held.digest) return { kind: "conflict", held };
  if (offer.committed && !held.committed) return { kind: "insert", result: "upgraded", committed: true };
  // The same state, or a stale one. Submitted here for the first time, this log owes it to every region, whoever brought the
  // same content before.
  if (offer.own && !rows.some((row) => row.own && row.committed === held.committed)) {
    return { kind: "insert", result: "stored", committed: held.committed };
  }
  return { kind: "duplicate", held };
}
