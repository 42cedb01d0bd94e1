/**
 * From bytes to the raw texts of receipts, NDJSON or a JSON array, in memory that does not grow with the input.
 *
 * Texts stay as they came, since a `span_id` of 64 bits must keep every digit until core's parser sees it. Nothing here
 * knows what a receipt is.
 */
import { ArraySplitter } from "./array-splitter.ts";
import type { Element } from "./element.ts";
import { LineSplitter } from "./line-splitter.ts";

const ARRAY_START = 0x5b;
const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];
const SPACES: ReadonlySet<number> = new Set([0x20, 0x0a, 0x0d, 0x09]);

/**
 * Feed it chunks, then `end()`. What begins with `[` is an array, anything else NDJSON; a byte order mark is dropped.
 * A chunk must not change after it was pushed.
 */
class ElementSplitter {
  /** Until the form is known: lines, of which all so far were blank. */
  #splitter: LineSplitter | ArraySplitter = new LineSplitter();
  #formKnown = false;
  /** The first bytes, until there are enough to hold a mark; undefined afterwards. */
  #head: Uint8Array | undefined = new Uint8Array();
  readonly #onArray: () => void;

  constructor(onArray: () => void) {
    this.#onArray = onArray;
  }

  *push(chunk: Uint8Array): Generator<Element> {
    if (this.#head === undefined) {
      yield* this.#split(chunk);
      return;
    }
    const head: Uint8Array = Buffer.concat([this.#head, chunk]);
    const isLongEnough = head.length >= BYTE_ORDER_MARK.length;
    this.#head = isLongEnough ? undefined : head;
    if (isLongEnough) yield* this.#split(withoutMark(head));
  }

  *end(): Generator<Element> {
    if (this.#head !== undefined) yield* this.#split(this.#head);
    yield* this.#splitter.end();
  }

  *#split(chunk: Uint8Array): Generator<Element> {
    const start = this.#formKnown ? 0 : chunk.findIndex((byte) => !SPACES.has(byte));
    const isArray = !this.#formKnown && chunk[start] === ARRAY_START;
    if (start !== -1) this.#formKnown = true;
    if (isArray) {
      this.#splitter = new ArraySplitter();
      this.#onArray();
    }
    yield* this.#splitter.push(isArray ? chunk.subarray(start + 1) : chunk);
  }
}

/**
 * The elements of a stream of bytes, one at a time: whoever takes them slowly slows the reading down. `onArray` is called
 * before the first of an array.
 */
export async function* splitElements(
  chunks: AsyncIterable<Uint8Array>,
  onArray: () => void = () => {},
): AsyncGenerator<Element> {
  const splitter = new ElementSplitter(onArray);
  for await (const chunk of chunks) yield* splitter.push(chunk);
  yield* splitter.end();
}

function withoutMark(head: Uint8Array): Uint8Array {
  return BYTE_ORDER_MARK.every((byte, index) => head[index] === byte) ? head.subarray(BYTE_ORDER_MARK.length) : head;
}
