/** Bytes into lines, in bounded memory. */
import { type Body, decodeUtf8 } from "../http/read-body.ts";

/** A line with its number, from 1. Blank lines are counted and left out. */
export interface InputLine {
  readonly number: number;
  readonly body: Body;
}

const newline = 0x0a;

/**
 * The lines that a chunk completes, together. What is longer than `lineBytesMax` is skipped to its end and given as `tooLarge`.
 * The last line needs no newline.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  lineBytesMax: number,
): AsyncGenerator<readonly InputLine[], void> {
  const begun = new BegunLine(lineBytesMax);
  let number = 0;
  const numbered = (bodies: readonly Body[]): InputLine[] => {
    const lines: InputLine[] = [];
    for (const body of bodies) {
      number += 1;
      if (body.kind !== "text" || body.text.trim() !== "") lines.push({ number, body });
    }
    return lines;
  };
  for await (const chunk of chunks) {
    const end = chunk.indexOf(newline);
    if (end === -1) {
      begun.add(chunk);
      continue;
    }
    begun.add(chunk.subarray(0, end));
    const last = chunk.lastIndexOf(newline);
    const bodies = [begun.finish()];
    if (last > end) bodies.push(...wholeLines(chunk.subarray(end + 1, last), lineBytesMax));
    begun.add(chunk.subarray(last + 1));
    const lines = numbered(bodies);
    if (lines.length > 0) yield lines;
  }
  const lines = begun.isEmpty ? [] : numbered([begun.finish()]);
  if (lines.length > 0) yield lines;
}

/** A line of which only the beginning has come. */
class BegunLine {
  readonly #bytesMax: number;
  #parts: Uint8Array[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  add(part: Uint8Array): void {
    this.#bytes += part.byteLength;
    if (this.#bytes <= this.#bytesMax) this.#parts.push(part);
    else this.#parts = [];
  }

  /** The line as it is now; the next one begins. */
  finish(): Body {
    const body: Body = this.#bytes > this.#bytesMax ? { kind: "tooLarge" } : decodeUtf8(Buffer.concat(this.#parts));
    this.#parts = [];
    this.#bytes = 0;
    return body;
  }
}

const byteOrderMark = "\uFEFF";

/** Decoding costs as much for one line as for a hundred: line by line only where one of them may be wrong. */
function wholeLines(bytes: Uint8Array, lineBytesMax: number): readonly Body[] {
  if (bytes.byteLength <= lineBytesMax) {
    const block = decodeUtf8(bytes);
    // Decoding takes it from the beginning of what is decoded.
    if (block.kind === "text" && !block.text.includes(byteOrderMark)) {
      return block.text.split("\n").map((text) => ({ kind: "text", text }));
    }
  }
  const bodies: Body[] = [];
  for (let from = 0; from <= bytes.byteLength; ) {
    const found = bytes.indexOf(newline, from);
    const end = found === -1 ? bytes.byteLength : found;
    const line = bytes.subarray(from, end);
    bodies.push(line.byteLength > lineBytesMax ? { kind: "tooLarge" } : decodeUtf8(line));
    from = end + 1;
  }
  return bodies;
}
