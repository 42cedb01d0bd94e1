import type { Introduction, ReceiptRecord, TransportCall } from "@rsync/core";

const self: Introduction = {
  regionId: "us-east-1",
  store: { storeId: "store-a", epoch: "epoch-a", position: 12 },
  refilling: false,
};

/** A call to an endpoint, with what a test is about changed. */
export function callTo(
  endpoint: string,
  changes: Partial<TransportCall> & { readonly timeoutMs?: number } = {},
): TransportCall {
  const { timeoutMs = 5000, ...rest } = changes;
  return {
    to: { regionId: "us-west-1", endpoint, timeoutMs },
    from: self,
    seen: undefined,
    signal: new AbortController().signal,
    ...rest,
  };
}

/** The receipt of the seeds' examples as this region's store holds it. */
export function sampleRecord(changes: Partial<ReceiptRecord> = {}): ReceiptRecord {
  return {
    receiptId: "abc123",
    transactionId: "tx-456",
    hash: new Uint8Array([1, 2, 3, 4]),
    ticks: 42,
    spanId: 789n,
    committed: true,
    timestamp: "2025-11-16T12:00:00Z",
    sourceRegion: "us-east-1",
    sourceStore: "store-a",
    sourceSeq: 1,
    digest: "0".repeat(64),
    ...changes,
  };
}
