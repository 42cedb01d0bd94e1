/**
 * A receipt as one line of text, as it travels between threads and lies in the file: its fields, separated by tabs, without the
 * envelope's region, store and number, which it shares with its neighbours (`block.ts`).
 *
 * One string is what structured cloning copies fastest (a tuple of the same fields costs three times as much), and lines that are
 * joined by line breaks are stored and read many at a time. No field can hold a tab or a line break: control characters are
 * refused before a receipt gets here, and `append-runs.ts` sees to it. Bytes are lower-case hex, a span id is decimal digits.
 */

/** The fields of a line, in its order. `committed` is `0` or `1`. */
export type LineFields = readonly [
  receiptId: string,
  transactionId: string,
  hash: string,
  ticks: string,
  spanId: string,
  committed: string,
  digest: string,
  timestamp: string,
];

const COMMITTED = 5;
const FIELDS = 8;

export function receiptIdOfLine(line: string): string {
  return line.slice(0, line.indexOf("\t"));
}

/** Throws where there are more or fewer fields than a line has: no line that was checked on its way is like that. */
export function fieldsOfLine(line: string): LineFields {
  const fields = line.split("\t");
  if (!isLine(fields)) throw new Error(`a line of a receipt has ${fields.length} fields in place of ${FIELDS}`);
  return fields;
}

/** Bytes of ids and hash, as `LogRange.bytesMax` counts them. */
export function contentBytesOfLine(line: string): number {
  const idEnd = line.indexOf("\t");
  const transactionEnd = line.indexOf("\t", idEnd + 1);
  const hashDigits = line.indexOf("\t", transactionEnd + 1) - transactionEnd - 1;
  return Buffer.byteLength(line.slice(0, transactionEnd)) - 1 + hashDigits / 2;
}

/** The same receipt once it is committed. */
export function committedLine(line: string): string {
  return fieldsOfLine(line).with(COMMITTED, "1").join("\t");
}

function isLine(fields: readonly string[]): fields is LineFields {
  return fields.length === FIELDS;
}
