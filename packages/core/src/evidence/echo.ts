import type { Epoch } from "../seams/receipt-store.ts";
import type { Introduction, StoreMark } from "./introduction.ts";

/**
 * What a peer's echo of our own store tells us about ourselves (DESIGN §9).
 * - `consistent`: what the peer remembers fits our own history.
 * - `rolledBack`: the peer has seen more of this store than it now knows: it was restored from an older copy.
 * - `replaced`: the peer remembers this region under another store: what that one held may be missing here.
 */
export type EchoVerdict = "consistent" | "rolledBack" | "replaced";

/**
 * Judges the highest mark that a peer keeps of us. `epochs` is this store's history, oldest first; an echo that names a store
 * id which this very store bore before it took a new one is no news.
 */
export function judgeEcho(self: Introduction, epochs: readonly Epoch[], seen: StoreMark): EchoVerdict {
  if (seen.storeId !== self.store.storeId) {
    return epochs.some((known) => known.storeId === seen.storeId) ? "consistent" : "replaced";
  }
  const index = epochs.findLastIndex((known) => known.epoch === seen.epoch);
  if (index === -1) return "rolledBack";
  const next = epochs[index + 1];
  const end = next === undefined ? self.store.position : next.startPosition;
  return end < seen.position ? "rolledBack" : "consistent";
}
