/** What an offered copy of a receipt means for a region that already holds one under the same id. */
import type { ReceiptState } from "./receipt.ts";

/**
 * - `same`: the same content; acknowledged, nothing to do.
 * - `upgrade`: the same content, now committed; a new row, delivered again.
 * - `stale`: the same content from before it was committed; acknowledged with `committed: true`, changes nothing.
 * - `conflict`: another content under the same id; refused with both digests, never overwritten (I4).
 */
export type StateComparison = "same" | "upgrade" | "stale" | "conflict";

/** Compares by digest and `committed` alone: labels and clocks have no say (I6). Both must bear the same id. */
export function compareStates(
  held: Pick<ReceiptState, "digest" | "committed">,
  offered: Pick<ReceiptState, "digest" | "committed">,
): StateComparison {
  if (held.digest !== offered.digest) return "conflict";
  if (held.committed === offered.committed) return "same";
  return offered.committed ? "upgrade" : "stale";
}
