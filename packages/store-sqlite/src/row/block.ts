/**
 * Rows of the log as they lie in the file: together in blocks.
 *
 * A block holds rows that follow each other in one transaction, are all own or all foreign, bear the same region and store, and
 * are numbered on by one: so these are said once, and the number of a row follows from its place. SQLite does its work for each
 * block and not for each receipt, which makes appending half as expensive, and reading a stretch of the log a tenth. A receipt
 * that is committed alone is a block of one.
 */
import { hash } from "node:crypto";
import { StoreProblemError } from "../file/store-problem.ts";
import { receiptIdOfLine } from "./receipt-line.ts";

export type Flag = 0 | 1;

/** What the rows of a block have in common; store and number are null where none are known. */
export type BlockHead = readonly [
  own: Flag,
  sourceRegion: string,
  sourceStore: string | null,
  /** Of the first row. */
  sourceSeq: number | null,
];

/** A stretch of rows as they are read: position of the first, what they have in common, and a line for each. */
export type RowSlice = readonly [position: number, ...head: BlockHead, receipts: string];

/** A block as it is read. */
export type Block = readonly [...slice: RowSlice, rows: number, checksum: string];

/** The columns of {@link Block}, in its order. */
export const BLOCK_COLUMNS = "position, own, source_region, source_store, source_seq, receipts, rows, checksum";

/** So many rows in a block: more does not make appending cheaper, and reading one receipt means reading its block. */
export const BLOCK_ROWS_MAX = 16;

/** 128 bits and more of SHA-256, in base64url. */
const CHECKSUM_LENGTH = 22;

/**
 * What a block must hash to: SHA-256 over its position and every other column, so that neither a flipped bit nor a block moved to
 * another position goes unnoticed. For a whole block that costs 0.2 µs a row, a tenth of a microsecond more than CRC-32, which
 * would promise less about what is damaged in many places. It keeps out accidents, not somebody who can write the file.
 */
export function blockChecksum(
  position: number,
  own: Flag,
  region: string,
  store: string | null,
  seq: number | null,
  receipts: string,
  rows: number,
): string {
  const text = `${position}\t${own}\t${region}\t${store ?? ""}\t${seq ?? ""}\t${rows}\n${receipts}`;
  return hash("sha256", text, "base64url").slice(0, CHECKSUM_LENGTH);
}

/** Every read goes through here: a row that is not what was written is never handed out. */
export function checkBlock(block: Block, path: string): Block {
  const [position, own, region, store, seq, receipts, rows, checksum] = block;
  if (blockChecksum(position, own, region, store, seq, receipts, rows) === checksum) return block;
  // The damage may have made something else of it.
  const first = typeof receipts === "string" ? ` (receipt ${JSON.stringify(receiptIdOfLine(receipts))})` : "";
  const which =
    rows > 1
      ? `among the rows at positions ${position}${first} to ${position + rows - 1} one is`
      : `the row at position ${position}${first} is`;
  throw new StoreProblemError("damaged", `The receipt log ${path} is damaged: ${which} not what was written`);
}

/** The last position of a block. */
export function endOfBlock(block: Block): number {
  return block[0] + block[6] - 1;
}

/** These lines of a block, the first of which is at `index`. */
export function sliceOfBlock(block: Block, index: number, lines: readonly string[]): RowSlice {
  const [position, own, region, store, seq, receipts, rows] = block;
  const text = lines.length === rows ? receipts : lines.join("\n");
  return [position + index, own, region, store, seq === null ? null : seq + index, text];
}
