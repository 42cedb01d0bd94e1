/**
 * Which bytes are hashed to get a receipt's digest?
 *
 * The UTF-8 of one JSON object with exactly the keys `hash`, `receipt_id`, `span_id`, `ticks`, `transaction_id` in this
 * (sorted) order, without white space; strings escaped as in RFC 8785, `hash` in lower-case hex, `ticks` an integer,
 * `span_id` a decimal string. `committed` and the envelope are not in it. `vectors/canonical.json`, published with this
 * package, holds examples with their digests. Core has no hash function: whoever has one takes SHA-256 of these bytes.
 */
import { hexFromBytes } from "./hex.ts";
import type { Receipt } from "./receipt.ts";
import { utf8FromText } from "./utf8.ts";

/** The parts of a receipt that its digest covers. */
export type DigestedReceipt = Pick<Receipt, "receiptId" | "transactionId" | "hash" | "ticks" | "spanId">;

/**
 * The canonical form as text, for a receipt that a parser of this package accepted. `JSON.stringify` escapes
 * well-formed strings exactly as RFC 8785 demands: short escapes where there are any, other controls as lower-case
 * `\u00xx`, everything else as it is.
 */
export function canonicalText(receipt: DigestedReceipt): string {
  return (
    `{"hash":"${hexFromBytes(receipt.hash)}","receipt_id":${JSON.stringify(receipt.receiptId)}` +
    `,"span_id":"${receipt.spanId}","ticks":${receipt.ticks},"transaction_id":${JSON.stringify(receipt.transactionId)}}`
  );
}

/** The canonical form as the bytes to hash. */
export function canonicalBytes(receipt: DigestedReceipt): Uint8Array {
  return utf8FromText(canonicalText(receipt));
}
