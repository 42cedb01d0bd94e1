import type { Append, AppendResult, LogRow, ReceiptRecord } from "@rsync/core";
import { cellsOfRecord } from "./row/row-cells.ts";
import type { AppendCells, AppendOutcome } from "./threads/messages.ts";
import type { Identity } from "./writer/log-state.ts";

export function cellsOfAppend(item: Append): AppendCells {
  if (item.kind === "foreign") return [0, cellsOfRecord(item.record)];
  const { receipt, digest, timestamp } = item;
  // Region, store and number are given by the writing thread, in the transaction.
  return [1, cellsOfRecord({ ...receipt, digest, timestamp, sourceRegion: "" })];
}

/** About what an append occupies while it waits. */
export function bytesOfAppend(item: Append): number {
  const receipt = item.kind === "own" ? item.receipt : item.record;
  return 400 + 2 * (receipt.receiptId.length + receipt.transactionId.length + receipt.hash.length);
}

/** Puts the contents, which never left this thread, back to what the writing thread said of them. */
export function resultOfOutcome(item: Append, outcome: AppendOutcome, identity: Identity): AppendResult {
  if (outcome[0] === "duplicate" || outcome[0] === "conflict") {
    const [kind, digest, committed] = outcome;
    return { kind, held: { digest, committed: committed === 1 } };
  }
  const [kind, position, seq, committed] = outcome;
  return { kind, row: rowOf(item, position, seq, committed === 1, identity) };
}

function rowOf(item: Append, position: number, seq: number, committed: boolean, identity: Identity): LogRow {
  if (item.kind === "foreign") return { position, own: false, record: item.record };
  const record: ReceiptRecord = {
    ...item.receipt,
    committed,
    digest: item.digest,
    timestamp: item.timestamp,
    sourceRegion: identity.regionId,
    sourceStore: identity.storeId,
    sourceSeq: seq,
  };
  return { position, own: true, record };
}
