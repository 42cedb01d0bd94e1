import type { DatabaseSync } from "node:sqlite";
import type { LogRange } from "@rsync/core";
import { prepareVerification, type VerifyRows } from "../file/verify-rows.ts";
import { BLOCK_COLUMNS, type Block, checkBlock, endOfBlock, type RowSlice, sliceOfBlock } from "../row/block.ts";
import { type BlockRow, prepareRowsUnderId } from "../row/block-reads.ts";
import { prepareTuples } from "../row/prepare-tuples.ts";
import { contentBytesOfLine, fieldsOfLine } from "../row/receipt-line.ts";

/** Reads rows of the log. Every row that leaves here has been checked against the checksum of its block. */
export interface LogReader {
  /** One row or none. */
  readonly get: (receiptId: string) => readonly RowSlice[];
  readonly list: (range: LogRange) => readonly RowSlice[];
  /** Own rows at or before a position. */
  readonly countOwnThrough: (position: number) => number;
  readonly verify: VerifyRows;
}

export function prepareLogReader(database: DatabaseSync, path: string): LogReader {
  const underId = prepareRowsUnderId(database, path);
  // From the block that may hold the first row wanted.
  const anyBlocks = prepareTuples<Block>(
    database,
    `SELECT ${BLOCK_COLUMNS} FROM blocks
     WHERE position >= coalesce((SELECT max(position) FROM blocks WHERE position <= ?1 + 1), 0) AND position <= ?2
     ORDER BY position`,
  );
  // A listed block that is not where it should be comes without contents, and so does not pass its check.
  const ownBlocks = prepareTuples<Block>(
    database,
    `SELECT ${BLOCK_COLUMNS.replaceAll(/(\w+)/g, "block.$1").replace("block.position", "listed.position")}
     FROM blocks AS listed INDEXED BY blocks_own LEFT JOIN blocks AS block ON block.position = listed.position
     WHERE listed.own = 1 AND listed.position >= coalesce(
       (SELECT max(position) FROM blocks INDEXED BY blocks_own WHERE own = 1 AND position <= ?1 + 1), 0)
     AND listed.position <= ?2 ORDER BY listed.position`,
  );
  // Own rows are numbered without gaps under each store id, so the last one says how many there are.
  const lastOwn = prepareTuples<readonly [number]>(
    database,
    `SELECT own_before + source_seq + min(rows - 1, ?1 - position)
     FROM blocks INDEXED BY blocks_own JOIN identities ON store_id = source_store
     WHERE own = 1 AND position <= ?1 ORDER BY position DESC LIMIT 1`,
  );
  return {
    get: (receiptId) => {
      underId.forget();
      const rows = underId.read(receiptId, underId.positions(receiptId));
      // The newest state first, and of it the row that this region owes to the others.
      const [first, ...others] = rows;
      if (first === undefined) return [];
      const best = others.reduce((found, row) => (rank(row) >= rank(found) ? row : found), first);
      return [sliceOfBlock(best.block, best.index, [best.line])];
    },
    list: (wanted) => {
      const blocks = wanted.ownOnly ? ownBlocks : anyBlocks;
      return collect(wanted, blocks.iterate(wanted.after, wanted.through ?? Number.MAX_SAFE_INTEGER), path);
    },
    countOwnThrough: (position) => lastOwn.get(position)?.[0] ?? 0,
    verify: prepareVerification(database, path),
  };
}

function rank({ block, line }: BlockRow): number {
  return (fieldsOfLine(line)[5] === "1" ? 2 : 0) + block[1];
}

/** Takes rows until their number or their bytes are reached, or the range ends. */
function collect(range: LogRange, blocks: Iterable<Block>, path: string): RowSlice[] {
  const found: RowSlice[] = [];
  const through = range.through ?? Number.MAX_SAFE_INTEGER;
  let rowsLeft = range.rowsMax;
  let bytesLeft = Math.max(1, range.bytesMax);
  if (rowsLeft <= 0) return found;
  for (const block of blocks) {
    if (endOfBlock(checkBlock(block, path)) <= range.after) continue;
    const lines = block[5].split("\n");
    const from = Math.max(0, range.after + 1 - block[0]);
    const end = Math.min(lines.length, from + rowsLeft, through + 1 - block[0]);
    let index = from;
    while (index < end && bytesLeft > 0) {
      bytesLeft -= contentBytesOfLine(lines[index] ?? "");
      index += 1;
    }
    if (index > from) found.push(sliceOfBlock(block, from, lines.slice(from, index)));
    rowsLeft -= index - from;
    if (rowsLeft <= 0 || bytesLeft <= 0) break;
  }
  return found;
}
