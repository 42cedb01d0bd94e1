import type { Receipt } from "@rsync/core";

/** The receipt of the seeds' examples, with what a test is about changed. */
export function sampleReceipt(changes: Partial<Receipt> = {}): Receipt {
  return {
    receiptId: "abc123",
    transactionId: "tx-456",
    hash: new Uint8Array([1, 2, 3, 4]),
    ticks: 42,
    spanId: 789n,
    committed: true,
    ...changes,
  };
}
