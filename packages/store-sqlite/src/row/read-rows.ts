import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { StoreProblemError } from "../file/store-problem.ts";
import type { ReceiptCells, RowCells } from "./row-cells.ts";
import { rowChecksum } from "./row-checksum.ts";

/** The columns of {@link RowCells}, in its order. */
export const ROW_COLUMNS =
  "position, own, receipt_id, transaction_id, lower(hex(hash)), ticks, span_id, committed, lower(hex(digest)), " +
  "timestamp, source_region, source_store, source_seq, lower(hex(checksum))";

/** A statement whose rows come as arrays. `Tuple` must be what its columns give. */
export interface TupleStatement<Tuple extends readonly unknown[]> {
  readonly all: (...values: readonly SQLInputValue[]) => readonly Tuple[];
  readonly get: (...values: readonly SQLInputValue[]) => Tuple | undefined;
}

export function prepareTuples<Tuple extends readonly unknown[]>(
  database: DatabaseSync,
  sql: string,
): TupleStatement<Tuple> {
  const statement: StatementSync = database.prepare(sql);
  statement.setReturnArrays(true);
  // Node's types know rows as objects only; STRICT tables make the columns' types certain.
  return {
    all: (...values) => statement.all(...values) as unknown as readonly Tuple[],
    get: (...values) => statement.get(...values) as unknown as Tuple | undefined,
  };
}

/** The receipt in a row. */
function receiptOfRow(row: RowCells): ReceiptCells {
  const [, , receiptId, transactionId, hash, ticks, spanId, committed, digest, timestamp, region, store, seq] = row;
  return [receiptId, transactionId, hash, ticks, spanId, committed, digest, timestamp, region, store, seq];
}

/** Every read goes through here: a row that is not what was written is never handed out. */
export function checkRow(row: RowCells, path: string): RowCells {
  const [position, own, receiptId] = row;
  if (rowChecksum(position, own, receiptOfRow(row)) === row[13]) return row;
  throw new StoreProblemError(
    "damaged",
    `The receipt log ${path} is damaged: the row at position ${position} (receipt ${JSON.stringify(receiptId)}) is not what was written`,
  );
}
