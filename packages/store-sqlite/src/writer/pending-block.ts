import type { DatabaseSync } from "node:sqlite";
import { BLOCK_ROWS_MAX, type BlockHead, blockChecksum } from "../row/block.ts";

/** A block with receipts as large as they may be would be slow to read for one of them. */
const BLOCK_CHARACTERS_MAX = 32 * 1024;

const INSERT_BLOCK =
  "INSERT INTO blocks (position, own, source_region, source_store, source_seq, receipts, rows, checksum) " +
  "VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

/** The rows at the end of the running transaction that are not in the file yet. */
export interface PendingBlock {
  /** Adds the row at this position; `head` has its own number. What it does not go on from is written first. */
  readonly add: (position: number, head: BlockHead, line: string) => void;
  /** Writes what there is, before the transaction is committed. */
  readonly flush: () => void;
  /** Writes what there is if the row at this position is in it: it is about to be read. */
  readonly flushBefore: (position: number) => void;
  /** Says whether one of them bears this number. */
  readonly bears: (store: string | null, seq: number | null) => boolean;
  /** Forgets what there is: the transaction failed. */
  readonly drop: () => void;
}

export function preparePendingBlock(database: DatabaseSync): PendingBlock {
  const insert = database.prepare(INSERT_BLOCK);
  let first = 0;
  let begun: BlockHead | undefined;
  let lines: string[] = [];
  let characters = 0;

  const drop = (): void => {
    begun = undefined;
    lines = [];
    characters = 0;
  };
  const flush = (): void => {
    if (begun === undefined) return;
    const [own, region, store, seq] = begun;
    const rows = lines.length;
    const receipts = lines.join("\n");
    const checksum = blockChecksum(first, own, region, store, seq, receipts, rows);
    insert.run(first, own, region, store, seq, receipts, rows, checksum);
    drop();
  };
  return {
    add: (position, head, line) => {
      if (begun !== undefined && !goesOn(begun, lines.length, head)) flush();
      if (begun === undefined) {
        begun = head;
        first = position;
      }
      lines.push(line);
      characters += line.length;
      if (lines.length >= BLOCK_ROWS_MAX || characters >= BLOCK_CHARACTERS_MAX) flush();
    },
    flush,
    flushBefore: (position) => {
      if (begun !== undefined && position >= first) flush();
    },
    bears: (store, seq) => {
      if (begun === undefined || seq === null) return false;
      const [, , begunStore, begunSeq] = begun;
      return begunStore === store && begunSeq !== null && begunSeq <= seq && seq < begunSeq + lines.length;
    },
    drop,
  };
}

function goesOn(begun: BlockHead, rows: number, [own, region, store, seq]: BlockHead): boolean {
  if (begun[0] !== own || begun[2] !== store || begun[1] !== region) return false;
  return begun[3] === null ? seq === null : begun[3] + rows === seq;
}
