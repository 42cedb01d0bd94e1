/** Bytes into lines, in bounded memory. */
import { type Body, decodeUtf8 } from "../http/read-body.ts";

/** A line with its number, from 1. Blank lines are counted and left out. */
export interface InputLine {
  readonly number: number;
  readonly body: Body;
}

const newline = 0x0a;

/** What is longer than `lineBytesMax` is skipped to its end and given as `tooLarge`. The last line needs no newline. */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  lineBytesMax: number,
): AsyncGenerator<InputLine, void> {
  let number = 0;
  let parts: Uint8Array[] = [];
  let bytes = 0;
  const add = (part: Uint8Array): void => {
    bytes += part.byteLength;
    if (bytes <= lineBytesMax) parts.push(part);
    else parts = [];
  };
  const finish = (): InputLine | undefined => {
    number += 1;
    const body: Body = bytes > lineBytesMax ? { kind: "tooLarge" } : decodeUtf8(Buffer.concat(parts));
    parts = [];
    bytes = 0;
    return body.kind === "text" && body.text.trim() === "" ? undefined : { number, body };
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
      add(chunk.subarray(from, end));
      from = end + 1;
      const line = finish();
      if (line !== undefined) yield line;
    }
    if (from < chunk.byteLength) add(chunk.subarray(from));
  }
  const last = bytes === 0 ? undefined : finish();
  if (last !== undefined) yield last;
}
