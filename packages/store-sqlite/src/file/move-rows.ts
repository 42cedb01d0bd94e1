/** Moves the rows of a log that kept each in a row of its own into blocks. */
import type { DatabaseSync } from "node:sqlite";
import type { Flag } from "../row/block.ts";
import { prepareTuples } from "../row/prepare-tuples.ts";
import { lineOfCells, type ReceiptCells } from "../row/receipt-cells.ts";
import { receiptChecksum } from "../row/receipt-checksum.ts";
import { preparePendingBlock } from "../writer/pending-block.ts";
import { StoreProblemError } from "./store-problem.ts";

type OldRow = readonly [position: number, own: Flag, checksum: string, ...receipt: ReceiptCells];

/** So many rows at a time: about 2 MB, and a commit that is gone within a tenth of a second. */
const PORTION_ROWS = 4000;

const OLDEST_ROWS =
  "SELECT position, own, lower(hex(checksum)), receipt_id, transaction_id, lower(hex(hash)), ticks, span_id, committed, " +
  `lower(hex(digest)), timestamp, source_region, source_store, source_seq FROM unmoved ORDER BY position LIMIT ${PORTION_ROWS}`;

const ADD_ID =
  "INSERT INTO receipt_ids (receipt_id, copy, position) VALUES " +
  "(?1, (SELECT coalesce(max(copy) + 1, 0) FROM receipt_ids WHERE receipt_id = ?1), ?2)";

/**
 * Moves the oldest rows, each checked against its checksum, and says whether any are left. Inside a transaction, so that every row
 * is in one of the two places however it ends; what they took in the file is used again for the next.
 */
export function moveRows(database: DatabaseSync, path: string): boolean {
  const rows = prepareTuples<OldRow>(database, OLDEST_ROWS).all();
  const last = rows.at(-1)?.[0];
  if (last === undefined) {
    database.exec("DROP TABLE unmoved");
    return false;
  }
  database.prepare("DELETE FROM unmoved WHERE position <= ?").run(last);
  const addId = database.prepare(ADD_ID);
  const pending = preparePendingBlock(database);
  let expected = nextPosition(database);
  for (const row of rows) {
    const [position, own, , ...receipt] = row;
    if (position !== expected) throw damaged(path, `the row at position ${expected} is missing`);
    checkRow(row, path);
    const [receiptId, , , , , , , , region, store, seq] = receipt;
    addId.run(receiptId, position);
    pending.add(position, [own, region, store, seq], lineOfCells(receipt));
    expected += 1;
  }
  pending.flush();
  return true;
}

function nextPosition(database: DatabaseSync): number {
  const sql = "SELECT position + rows FROM blocks ORDER BY position DESC LIMIT 1";
  return prepareTuples<readonly [number]>(database, sql).get()?.[0] ?? 1;
}

function checkRow([position, own, checksum, ...receipt]: OldRow, path: string): void {
  if (receiptChecksum(position, own, receipt) === checksum) return;
  const which = `the row at position ${position} (receipt ${JSON.stringify(receipt[0])})`;
  throw damaged(path, `${which} is not what was written`);
}

function damaged(path: string, what: string): StoreProblemError {
  return new StoreProblemError("damaged", `The receipt log ${path} is damaged: ${what}`);
}
