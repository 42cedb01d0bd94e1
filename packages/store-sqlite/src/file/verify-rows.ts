import type { DatabaseSync } from "node:sqlite";
import { checkRow, prepareTuples, ROW_COLUMNS } from "../row/read-rows.ts";
import type { RowCells } from "../row/row-cells.ts";
import { StoreProblemError } from "./store-problem.ts";

/**
 * Reads at most `rowsMax` rows after a position and throws `damaged` where one is missing, changed, or not found under its
 * id: a duplicate or a conflict would not be recognised then (I4). Returns the last position read, or `undefined` at the end.
 */
export type VerifyRows = (after: number, rowsMax: number) => number | undefined;

export function prepareVerification(database: DatabaseSync, path: string): VerifyRows {
  const rows = prepareTuples<RowCells>(
    database,
    `SELECT ${ROW_COLUMNS} FROM receipts WHERE position > ? ORDER BY position LIMIT ?`,
  );
  const underId = prepareTuples<readonly [number]>(
    database,
    "SELECT 1 FROM receipts INDEXED BY receipts_id WHERE receipt_id = ? AND position = ?",
  );
  return (after, rowsMax) => {
    let last = after;
    for (const row of rows.all(after, rowsMax)) {
      const [position, , receiptId] = row;
      // Positions are given without gaps and rows are never deleted, so a gap is a lost row.
      if (position !== last + 1) throw lost(path, last + 1, position - 1);
      checkRow(row, path);
      if (underId.get(receiptId, position) === undefined) {
        throw new StoreProblemError(
          "damaged",
          `The receipt log ${path} is damaged: its index does not know position ${position} (receipt ${JSON.stringify(receiptId)})`,
        );
      }
      last = position;
    }
    return last === after ? undefined : last;
  };
}

function lost(path: string, from: number, through: number): StoreProblemError {
  const which = from === through ? `the row at position ${from}` : `the rows at positions ${from} to ${through}`;
  return new StoreProblemError("damaged", `The receipt log ${path} is damaged: ${which} is missing`);
}
