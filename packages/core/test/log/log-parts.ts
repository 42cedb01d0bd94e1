import type { Append, Burial, ReceiptRecord } from "../../src/index.ts";

/** Ids and hash weigh ten bytes in the eyes of a range: `id` has two letters. */
export const ROW_BYTES = 10;

const receipt = { transactionId: "tx-1", hash: Uint8Array.of(1, 2, 3, 4), ticks: 1, spanId: 1n };
const timestamp = "2025-11-16T12:00:00Z";

export function own(receiptId: string, committed = true, digest = "x"): Append {
  return { kind: "own", receipt: { ...receipt, receiptId, committed }, digest, timestamp };
}

export function foreign(receiptId: string, committed = true, digest = "x"): Append {
  return { kind: "foreign", record: foreignRecord(receiptId, committed, digest) };
}

function foreignRecord(receiptId: string, committed = true, digest = "x"): ReceiptRecord {
  const source = { sourceRegion: "eu-west", sourceStore: "eu-1", sourceSeq: 7 };
  return { ...receipt, receiptId, committed, digest, timestamp, ...source };
}

export function burial(parts: Partial<Burial> = {}): Burial {
  return {
    regionId: "eu-west",
    storeId: "eu-1",
    receiptId: "r1",
    digest: "x",
    committed: true,
    position: 1,
    kind: "refused",
    fault: { kind: "status", status: 409, problem: undefined, retryAfterMs: undefined, excerpt: "" },
    attempts: 1,
    buriedAt: timestamp,
    ...parts,
  };
}
