import type { DatabaseSync } from "node:sqlite";
import type { LogRange } from "@rsync/core";
import { prepareVerification, type VerifyRows } from "../file/verify-rows.ts";
import { checkRow, prepareTuples, ROW_COLUMNS } from "../row/read-rows.ts";
import type { RowCells } from "../row/row-cells.ts";

/** Reads rows of the log. Every row that leaves here has been checked against its checksum. */
export interface LogReader {
  readonly get: (receiptId: string) => readonly RowCells[];
  readonly list: (range: LogRange) => readonly RowCells[];
  /** Own rows at or before a position. */
  readonly countOwnThrough: (position: number) => number;
  readonly verify: VerifyRows;
}

/** Rows that one step of a statement brings: a small page is not paid for with a thousand rows. */
const rowsAtOnceMax = 512;

export function prepareLogReader(database: DatabaseSync, path: string): LogReader {
  // The newest state first, and of it the row that this region owes to the others.
  const newest = prepareTuples<RowCells>(
    database,
    `SELECT ${ROW_COLUMNS} FROM receipts WHERE receipt_id = ? ORDER BY committed DESC, own DESC, position DESC LIMIT 1`,
  );
  const range = `WHERE position > ? AND position <= ?`;
  const anyRows = prepareTuples<RowCells>(
    database,
    `SELECT ${ROW_COLUMNS} FROM receipts ${range} ORDER BY position LIMIT ?`,
  );
  const ownRows = prepareTuples<RowCells>(
    database,
    `SELECT ${ROW_COLUMNS} FROM receipts INDEXED BY receipts_own ${range} AND own = 1 ORDER BY position LIMIT ?`,
  );
  // Own rows are numbered without gaps under each store id, so the last one says how many there are.
  const lastOwn = prepareTuples<readonly [number]>(
    database,
    `SELECT own_before + source_seq FROM receipts INDEXED BY receipts_own JOIN identities ON store_id = source_store
     WHERE own = 1 AND position <= ? ORDER BY position DESC LIMIT 1`,
  );
  return {
    get: (receiptId) => newest.all(receiptId).map((row) => checkRow(row, path)),
    list: (wanted) => {
      const statement = wanted.ownOnly ? ownRows : anyRows;
      return collect(wanted, (after, through, rowsMax) =>
        statement.all(after, through, rowsMax).map((row) => checkRow(row, path)),
      );
    },
    countOwnThrough: (position) => lastOwn.get(position)?.[0] ?? 0,
    verify: prepareVerification(database, path),
  };
}

type ReadPage = (after: number, through: number, rowsMax: number) => readonly RowCells[];

/** Pages until the rows or the bytes are reached, or the log ends. */
function collect(range: LogRange, readPage: ReadPage): RowCells[] {
  const found: RowCells[] = [];
  const through = range.through ?? Number.MAX_SAFE_INTEGER;
  let after = range.after;
  let bytes = 0;
  while (found.length < range.rowsMax) {
    const asked = Math.min(range.rowsMax - found.length, rowsAtOnceMax);
    const page = readPage(after, through, asked);
    for (const row of page) {
      found.push(row);
      bytes += bytesOf(row);
      if (bytes >= range.bytesMax) return found;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < asked) return found;
    after = last[0];
  }
  return found;
}

/** Ids and hash, as the contract counts them; the hash is hex here. */
function bytesOf(row: RowCells): number {
  return Buffer.byteLength(row[2]) + Buffer.byteLength(row[3]) + row[4].length / 2;
}
