import type { DatabaseSync } from "node:sqlite";
import { StoreProblemError } from "../file/store-problem.ts";
import { BLOCK_COLUMNS, type Block, checkBlock, endOfBlock } from "./block.ts";
import { prepareTuples } from "./prepare-tuples.ts";
import { receiptIdOfLine } from "./receipt-line.ts";

/** One row of a block. */
export interface BlockRow {
  readonly block: Block;
  /** Its place in the block, from 0. */
  readonly index: number;
  readonly line: string;
}

/** Finds rows by their id. */
export interface RowsUnderId {
  /** Where they are, oldest first. */
  readonly positions: (receiptId: string) => readonly number[];
  /** What is there; a block that is not what was written, or a position that holds another receipt, throws `damaged`. */
  readonly read: (receiptId: string, positions: readonly number[]) => readonly BlockRow[];
  /** Blocks read before are read again. To be called whenever what was written since may be undone. */
  readonly forget: () => void;
}

export function prepareRowsUnderId(database: DatabaseSync, path: string): RowsUnderId {
  const underId = prepareTuples<readonly [number]>(
    database,
    "SELECT position FROM receipt_ids WHERE receipt_id = ? ORDER BY copy",
  );
  const blockAt = prepareTuples<Block>(
    database,
    `SELECT ${BLOCK_COLUMNS} FROM blocks WHERE position <= ? ORDER BY position DESC LIMIT 1`,
  );
  // Receipts that come again come in the order in which they came before.
  let last: { readonly block: Block; readonly lines: readonly string[] } | undefined;

  const blockWith = (
    receiptId: string,
    position: number,
  ): { readonly block: Block; readonly lines: readonly string[] } => {
    if (last !== undefined && last.block[0] <= position && position <= endOfBlock(last.block)) return last;
    const block = blockAt.get(position);
    if (block === undefined || endOfBlock(block) < position) throw misled(path, receiptId, position);
    last = { block: checkBlock(block, path), lines: block[5].split("\n") };
    return last;
  };
  return {
    positions: (receiptId) => underId.all(receiptId).map(([position]) => position),
    read: (receiptId, positions) =>
      positions.map((position) => {
        const { block, lines } = blockWith(receiptId, position);
        const index = position - block[0];
        const line = lines[index] ?? "";
        if (receiptIdOfLine(line) !== receiptId) throw misled(path, receiptId, position);
        return { block, index, line };
      }),
    forget: () => {
      last = undefined;
    },
  };
}

function misled(path: string, receiptId: string, position: number): StoreProblemError {
  return new StoreProblemError(
    "damaged",
    `The receipt log ${path} is damaged: its index leads from receipt ${JSON.stringify(receiptId)} to position ${position}, which holds another or none`,
  );
}
