import type { DatabaseSync } from "node:sqlite";
import { type AppendDecision, decideAppend } from "@rsync/core/decide-append";
import { checkRow, prepareTuples, ROW_COLUMNS } from "../row/read-rows.ts";
import type { Flag, ReceiptCells, RowCells } from "../row/row-cells.ts";
import { rowChecksum } from "../row/row-checksum.ts";
import type { AppendCells, AppendOutcome } from "../threads/messages.ts";
import { prepareConflicts } from "./record-conflict.ts";
import { prepareNumbers } from "./record-number.ts";

/** What a transaction counts up; it becomes the log's state only when the transaction is committed. */
export interface AppendCounters {
  readonly regionId: string;
  readonly storeId: string;
  position: number;
  ownSeq: number;
}

/** Appends one item inside the running transaction and says what became of it. */
export type WriteAppend = (counters: AppendCounters, item: AppendCells, recordedAt: string) => AppendOutcome;

const INSERT_ROW =
  "INSERT INTO receipts (position, own, receipt_id, transaction_id, hash, ticks, span_id, committed, digest, timestamp, " +
  "source_region, source_store, source_seq, checksum) VALUES (?, ?, ?, ?, unhex(?), ?, ?, ?, unhex(?), ?, ?, ?, ?, unhex(?))";

export function prepareAppends(database: DatabaseSync, path: string): WriteAppend {
  const underId = prepareTuples<RowCells>(database, `SELECT ${ROW_COLUMNS} FROM receipts WHERE receipt_id = ?`);
  const insertRow = database.prepare(INSERT_ROW);
  const recordConflict = prepareConflicts(database);
  const recordNumber = prepareNumbers(database);

  const insert = (counters: AppendCounters, own: Flag, receipt: ReceiptCells): void => {
    counters.position += 1;
    const { position } = counters;
    insertRow.run(position, own, ...receipt, rowChecksum(position, own, receipt));
    if (own === 0) recordNumber(receipt, "held", position, []);
  };

  return (counters, [own, offered], recordedAt) => {
    const held = underId.all(offered[0]);
    for (const row of held) checkRow(row, path);
    const decision = decide(held, own, offered);
    switch (decision.kind) {
      case "insert": {
        const committed: Flag = decision.committed ? 1 : 0;
        if (own === 1) counters.ownSeq += 1;
        const receipt = own === 1 ? numbered(offered, committed, counters) : offered;
        insert(counters, own, receipt);
        return [decision.result, counters.position, own === 1 ? counters.ownSeq : 0, committed];
      }
      case "duplicate":
        if (own === 0) recordNumber(offered, "alias", aliasedPosition(held), held);
        return ["duplicate", decision.held.digest, decision.held.committed ? 1 : 0];
      case "conflict": {
        // I4: the other content is kept as evidence, and never acknowledged.
        const number = recordConflict(own === 1 ? labelled(offered, counters) : offered, decision.held, recordedAt);
        if (own === 0) recordNumber(offered, "refused", number, held);
        return ["conflict", decision.held.digest, decision.held.committed ? 1 : 0];
      }
    }
  };
}

function decide(held: readonly RowCells[], own: Flag, offered: ReceiptCells): AppendDecision {
  const rows = held.map((row) => ({ own: row[1] === 1, committed: row[7] === 1, digest: row[8] }));
  return decideAppend(rows, { own: own === 1, committed: offered[5] === 1, digest: offered[6] });
}

/** The row that stands for a state met again: the newest one. */
function aliasedPosition(held: readonly RowCells[]): number {
  return held.reduce((newest, row) => Math.max(newest, row[0]), 0);
}

/** An own receipt as it goes into the log: with the label and the number that this store gives it. */
function numbered(receipt: ReceiptCells, committed: Flag, counters: AppendCounters): ReceiptCells {
  const [receiptId, transactionId, hash, ticks, spanId, , digest, timestamp] = receipt;
  const { regionId, storeId, ownSeq } = counters;
  return [receiptId, transactionId, hash, ticks, spanId, committed, digest, timestamp, regionId, storeId, ownSeq];
}

/** An own receipt that was refused: it never got a number. */
function labelled(receipt: ReceiptCells, counters: AppendCounters): ReceiptCells {
  const [receiptId, transactionId, hash, ticks, spanId, committed, digest, timestamp] = receipt;
  return [receiptId, transactionId, hash, ticks, spanId, committed, digest, timestamp, counters.regionId, null, null];
}
