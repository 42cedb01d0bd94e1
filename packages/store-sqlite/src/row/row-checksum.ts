import { hash } from "node:crypto";
import type { Flag, ReceiptCells } from "./row-cells.ts";

/**
 * What a row must hash to: 128 bits of SHA-256 over its position and every one of its columns, so that neither a flipped bit
 * nor a row moved to another position goes unnoticed. SHA-256 because processors compute it faster than MD5; it keeps out
 * accidents, not somebody who can write the file and hash again.
 *
 * Fields are separated by line breaks, which no field can hold: control characters are refused before a receipt gets here.
 */
export function rowChecksum(position: number, own: Flag, receipt: ReceiptCells): string {
  const [receiptId, transactionId, hashHex, ticks, spanId, committed, digest, timestamp, region, store, seq] = receipt;
  const text =
    `${position}\n${own}\n${receiptId}\n${transactionId}\n${hashHex}\n${ticks}\n${spanId}\n${committed}\n${digest}` +
    `\n${timestamp}\n${region}\n${store ?? ""}\n${seq ?? ""}`;
  return hash("sha256", text, "hex").slice(0, 32);
}
