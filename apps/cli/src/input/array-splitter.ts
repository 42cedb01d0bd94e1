import type { Element } from "./element.ts";
import { ElementBuffer, unreadable } from "./element-buffer.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPENERS: ReadonlySet<number> = new Set([0x5b, 0x7b]); // [ {
const CLOSERS: ReadonlySet<number> = new Set([0x5d, 0x7d]); // ] }
const ARRAY_END = 0x5d;

type Place = "inElement" | "afterArray" | "pastEnd";

/**
 * A JSON array, cut at the commas of its top level. It follows strings and brackets and judges nothing else: whether an
 * element is JSON is asked where it is parsed, so that a bad one does not end the run. Expects the bytes after the `[`.
 */
export class ArraySplitter {
  readonly #buffer = new ElementBuffer();
  #number = 1;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #sawContent = false;
  #place: Place = "inElement";

  *push(chunk: Uint8Array): Generator<Element> {
    let start = 0;
    for (let index = 0; index < chunk.length; index++) {
      if (this.#inString && !this.#escaped) index = endOfPlainText(chunk, index);
      if (index === chunk.length) break;
      const byte = chunk[index] ?? 0;
      if (this.#place !== "inElement") {
        yield* this.#afterArray(byte);
        continue;
      }
      if (!isSpace(byte) && !this.#isSeparator(byte)) this.#sawContent = true;
      if (this.#isSeparator(byte)) {
        this.#buffer.add(chunk.subarray(start, index));
        yield* this.#separate(byte);
        start = index + 1;
      } else {
        this.#follow(byte);
      }
    }
    if (this.#place === "inElement") this.#buffer.add(chunk.subarray(start));
  }

  *end(): Generator<Element> {
    if (this.#place === "inElement") yield unreadable(this.#number, "the input ends before the array does");
  }

  #isSeparator(byte: number): boolean {
    return this.#depth === 0 && !this.#inString && (byte === COMMA || byte === ARRAY_END);
  }

  *#separate(byte: number): Generator<Element> {
    const element = this.#buffer.take(this.#number);
    const isEmptyArray = byte === ARRAY_END && this.#number === 1 && !this.#sawContent;
    if (!isEmptyArray) yield this.#sawContent ? element : unreadable(this.#number, "nothing between two commas");
    this.#number += 1;
    this.#sawContent = false;
    if (byte === ARRAY_END) this.#place = "afterArray";
  }

  #follow(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (this.#inString) {
      if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) this.#inString = false;
    } else if (byte === QUOTE) this.#inString = true;
    else if (OPENERS.has(byte)) this.#depth += 1;
    else if (CLOSERS.has(byte) && this.#depth > 0) this.#depth -= 1;
  }

  /** Said once; the rest is read and dropped. */
  *#afterArray(byte: number): Generator<Element> {
    if (this.#place === "pastEnd" || isSpace(byte)) return;
    this.#place = "pastEnd";
    yield unreadable(this.#number, "text after the end of the array");
  }
}

/** Where a string may end or something is escaped: most bytes are neither, so they are passed over quickly. */
function endOfPlainText(chunk: Uint8Array, start: number): number {
  let index = start;
  while (index < chunk.length && chunk[index] !== QUOTE && chunk[index] !== BACKSLASH) index++;
  return index;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
