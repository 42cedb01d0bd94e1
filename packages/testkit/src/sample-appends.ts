import { createHash } from "node:crypto";
import { canonicalBytes, type ForeignAppend, type OwnAppend, type Receipt, type ReceiptRecord } from "@rsync/core";

/** A receipt that differs from others by its id alone, or by its content too where `content` says so. */
function makeReceipt(receiptId: string, options: { committed?: boolean; content?: number } = {}): Receipt {
  const content = options.content ?? 0;
  return {
    receiptId,
    transactionId: `tx-${content}`,
    hash: new Uint8Array([content, 0xff, 0x00, 0x10]),
    ticks: 4294967295,
    spanId: 18446744073709551615n - BigInt(content),
    committed: options.committed ?? false,
  };
}

function digestOf(receipt: Receipt): string {
  return createHash("sha256").update(canonicalBytes(receipt)).digest("hex");
}

export function own(receiptId: string, options: { committed?: boolean; content?: number } = {}): OwnAppend {
  const receipt = makeReceipt(receiptId, options);
  return { kind: "own", receipt, digest: digestOf(receipt), timestamp: "2025-11-16T12:00:00Z" };
}

export interface ForeignOptions {
  readonly committed?: boolean;
  readonly content?: number;
  readonly store?: string | undefined;
  readonly seq?: number | undefined;
}

export function foreign(receiptId: string, options: ForeignOptions = {}): ForeignAppend {
  const receipt = makeReceipt(receiptId, options);
  const record: ReceiptRecord = {
    ...receipt,
    digest: digestOf(receipt),
    timestamp: "2025-11-16T11:59:59.123+01:00",
    sourceRegion: "us-west-1",
    sourceStore: options.store,
    sourceSeq: options.seq,
  };
  return { kind: "foreign", record };
}
