/** The receipts of a simulation: small, distinct, and each with a digest of our own making. */
import { hash } from "node:crypto";
import { canonicalText, type Receipt } from "@rsync/core";

const BYTES = new Uint8Array([0xde, 0xad, 0xbe, 0xef]);

/** `content` tells the contents apart that may be offered under one id. */
export function makeReceipt(number: number, content: number, committed: boolean): Receipt {
  return {
    receiptId: `rec-${number}`,
    transactionId: `tx-${number}-${content}`,
    hash: BYTES,
    ticks: number,
    spanId: BigInt(number),
    committed,
  };
}

export function digestOf(receipt: Receipt): string {
  return hash("sha256", canonicalText(receipt), "hex");
}
