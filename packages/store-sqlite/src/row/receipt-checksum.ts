import { hash } from "node:crypto";
import type { Flag } from "./block.ts";
import type { ReceiptCells } from "./receipt-cells.ts";

/**
 * What a receipt that is kept in columns of its own must hash to: 128 bits of SHA-256 over its number and every column. Conflicts are
 * kept like that, and rows were. Files hold such checksums, so it never changes.
 */
export function receiptChecksum(number: number, own: Flag, receipt: ReceiptCells): string {
  const [receiptId, transactionId, hashHex, ticks, spanId, committed, digest, timestamp, region, store, seq] = receipt;
  const text =
    `${number}\n${own}\n${receiptId}\n${transactionId}\n${hashHex}\n${ticks}\n${spanId}\n${committed}\n${digest}` +
    `\n${timestamp}\n${region}\n${store ?? ""}\n${seq ?? ""}`;
  return hash("sha256", text, "hex").slice(0, 32);
}
