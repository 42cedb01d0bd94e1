/** A receipt with its envelope as a tuple of primitives: as conflicts are kept, and as rows were before they lay in blocks. */
import type { Flag } from "./block.ts";
import { fieldsOfLine } from "./receipt-line.ts";

/** Bytes are lower-case hex; a span id is decimal digits: SQLite's integers end at 2^63. Null where there is no number. */
export type ReceiptCells = readonly [
  receiptId: string,
  transactionId: string,
  hash: string,
  ticks: number,
  spanId: string,
  committed: Flag,
  digest: string,
  timestamp: string,
  sourceRegion: string,
  sourceStore: string | null,
  sourceSeq: number | null,
];

export function cellsOfLine(line: string, region: string, store: string | null, seq: number | null): ReceiptCells {
  const [receiptId, transactionId, hash, ticks, spanId, committed, digest, timestamp] = fieldsOfLine(line);
  const flag = committed === "1" ? 1 : 0;
  return [receiptId, transactionId, hash, Number(ticks), spanId, flag, digest, timestamp, region, store, seq];
}

/** The line of a receipt; its envelope is the block's to say. */
export function lineOfCells(cells: ReceiptCells): string {
  return cells.slice(0, 8).join("\t");
}
