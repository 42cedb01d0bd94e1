/** Does the region take several receipts in one request, and how many? */

/**
 * A region that answers 404 or 405 where batches go is an old one only if it then takes a single receipt; else its endpoint is
 * wrong (DESIGN §8, Old peers). `receiptsMax` is what it was seen to refuse as too large, halved.
 */
export type Batching =
  | { readonly kind: "batches"; readonly receiptsMax: number; readonly fullInARow: number }
  /** A batch met 404 or 405: the next request carries one receipt, and decides. */
  | { readonly kind: "doubted" }
  | { readonly kind: "singles"; readonly untilMs: number };

/** What is assumed of a region until it says otherwise. */
export const BATCHES: Batching = { kind: "batches", receiptsMax: Number.POSITIVE_INFINITY, fullInARow: 0 };

/** After so many full batches in a row a learned limit is tried at twice its size: what made it small may be gone. */
const FULL_BATCHES_BEFORE_GROWTH = 100;

/** Receipts that one request may carry at most. */
export function receiptsPerRequest(batching: Batching, nowMs: number): number {
  if (batching.kind === "batches") return batching.receiptsMax;
  return batching.kind === "singles" && nowMs >= batching.untilMs ? Number.POSITIVE_INFINITY : 1;
}

/** The region takes one receipt per request, as far as is known. */
export function takesSingles(batching: Batching, nowMs: number): boolean {
  return batching.kind === "singles" && nowMs < batching.untilMs;
}

/** A batch of so many receipts was answered with 413. One that was under way since before a smaller one was teaches nothing. */
export function afterTooLarge(batching: Batching, receipts: number): Batching {
  const knownMax = batching.kind === "batches" ? batching.receiptsMax : Number.POSITIVE_INFINITY;
  return { kind: "batches", receiptsMax: Math.min(knownMax, Math.ceil(receipts / 2)), fullInARow: 0 };
}

/** A request of so many receipts was answered by the region. */
export function afterAnswer(batching: Batching, receipts: number, nowMs: number, batchRetryMs: number): Batching {
  if (batching.kind === "batches") return grown(batching, receipts);
  if (receipts > 1) return BATCHES;
  return batching.kind === "doubted" ? { kind: "singles", untilMs: nowMs + batchRetryMs } : batching;
}

function grown(batching: Extract<Batching, { kind: "batches" }>, receipts: number): Batching {
  if (receipts < batching.receiptsMax) return batching;
  const fullInARow = batching.fullInARow + 1;
  if (fullInARow < FULL_BATCHES_BEFORE_GROWTH) return { ...batching, fullInARow };
  return { kind: "batches", receiptsMax: batching.receiptsMax * 2, fullInARow: 0 };
}
