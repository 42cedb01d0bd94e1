/**
 * What one batch between regions may hold (I8). Both ends of the wire keep to it: a sender makes no larger batch, a receiver
 * refuses one with 413 as a whole and names these numbers in its description (`GET /api/v1/region`).
 */

/** Receipts in one batch at most. At 300 bytes each they make 300 KB: more in one request would gain nothing any more. */
export const BATCH_RECEIPTS_MAX = 1_000;

/** Bytes of a batch's body at most, before compression: 1 MiB. As many may come over the wire, compressed or not. */
export const BATCH_BYTES_MAX = 1024 * 1024;
