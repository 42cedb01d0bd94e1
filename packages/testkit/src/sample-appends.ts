/** Receipts to append to a store in a test: every field at an end of its range, so that what rounds or cuts shows. */
import { createHash } from "node:crypto";
import { canonicalBytes, type ForeignAppend, type OwnAppend, type Receipt, type ReceiptRecord } from "@rsync/core";

/** What a receipt says beside its id. */
export interface AppendOptions {
  /** Default false: the state that an upgrade follows. */
  readonly committed?: boolean;
  /** 0 to 255, default 0. Other content under the same id is a conflict (I4). */
  readonly content?: number;
}

/** {@link AppendOptions}, and which store gave the receipt its number; a seed-style origin gives none. */
export interface ForeignAppendOptions extends AppendOptions {
  readonly store?: string | undefined;
  readonly seq?: number | undefined;
}

function makeReceipt(receiptId: string, { content = 0, committed = false }: AppendOptions): Receipt {
  return {
    receiptId,
    transactionId: `tx-${content}`,
    hash: new Uint8Array([content, 0xff, 0x00, 0x10]),
    ticks: 4294967295,
    spanId: 18446744073709551615n - BigInt(content),
    committed,
  };
}

function digestOf(receipt: Receipt): string {
  return createHash("sha256").update(canonicalBytes(receipt)).digest("hex");
}

/** A receipt as a service of this region submits it. */
export function ownAppend(receiptId: string, options: AppendOptions = {}): OwnAppend {
  const receipt = makeReceipt(receiptId, options);
  return { kind: "own", receipt, digest: digestOf(receipt), timestamp: "2025-11-16T12:00:00Z" };
}

/** A receipt as another region sends it, with its envelope. */
export function foreignAppend(receiptId: string, options: ForeignAppendOptions = {}): ForeignAppend {
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
