import type { DatabaseSync } from "node:sqlite";
import { BLOCK_COLUMNS, type Block, checkBlock, endOfBlock } from "../row/block.ts";
import { prepareTuples } from "../row/prepare-tuples.ts";
import { receiptIdOfLine } from "../row/receipt-line.ts";
import { StoreProblemError } from "./store-problem.ts";

/**
 * Reads about `rowsMax` rows after a position, to the end of a block, and throws `damaged` where one is missing, changed, or not
 * found under its id: a duplicate or a conflict would not be recognised then (I4). Returns the last position read, or
 * `undefined` at the end.
 */
export type VerifyRows = (after: number, rowsMax: number) => number | undefined;

export function prepareVerification(database: DatabaseSync, path: string): VerifyRows {
  // From the block that holds the first of them.
  const blocks = prepareTuples<Block>(
    database,
    `SELECT ${BLOCK_COLUMNS} FROM blocks
     WHERE position >= coalesce((SELECT max(position) FROM blocks WHERE position <= ?1 + 1), 0) ORDER BY position`,
  );
  // Found by appends too: they ask for copy 0 alone.
  const underId = prepareTuples<readonly [number]>(
    database,
    `SELECT 1 FROM receipt_ids WHERE receipt_id = ?1 AND position = ?2
     AND EXISTS (SELECT 1 FROM receipt_ids WHERE receipt_id = ?1 AND copy = 0)`,
  );
  const checkIds = (block: Block): void => {
    const lines = block[5].split("\n");
    for (let index = 0; index < lines.length; index += 1) {
      const receiptId = receiptIdOfLine(lines[index] ?? "");
      const position = block[0] + index;
      if (underId.get(receiptId, position) !== undefined) continue;
      throw new StoreProblemError(
        "damaged",
        `The receipt log ${path} is damaged: its index does not know position ${position} (receipt ${JSON.stringify(receiptId)})`,
      );
    }
  };
  return (after, rowsMax) => {
    let last = after;
    for (const block of blocks.iterate(after)) {
      const end = endOfBlock(checkBlock(block, path));
      if (end <= after) continue;
      // Positions are given without gaps and rows are never deleted, so a gap is a lost row.
      if (block[0] > last + 1) throw lost(path, last + 1, block[0] - 1);
      if (block[0] <= last && last !== after) throw overlapping(path, block[0]);
      checkIds(block);
      last = end;
      if (last - after >= rowsMax) break;
    }
    return last === after ? undefined : last;
  };
}

function lost(path: string, from: number, through: number): StoreProblemError {
  const which = from === through ? `the row at position ${from} is` : `the rows at positions ${from} to ${through} are`;
  return new StoreProblemError("damaged", `The receipt log ${path} is damaged: ${which} missing`);
}

function overlapping(path: string, position: number): StoreProblemError {
  return new StoreProblemError("damaged", `The receipt log ${path} is damaged: position ${position} is held twice`);
}
