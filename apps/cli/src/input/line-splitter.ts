import type { Element } from "./element.ts";
import { ElementBuffer } from "./element-buffer.ts";

const NEWLINE = 0x0a;

/** NDJSON: one element a line. Blank lines count as lines and are nothing else; the last one needs no newline. */
export class LineSplitter {
  readonly #buffer = new ElementBuffer();
  #line = 1;

  *push(chunk: Uint8Array): Generator<Element> {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#buffer.add(chunk.subarray(start, end));
      yield* this.#take();
      start = end + 1;
    }
    this.#buffer.add(chunk.subarray(start));
  }

  *end(): Generator<Element> {
    yield* this.#take();
  }

  *#take(): Generator<Element> {
    const element = this.#buffer.take(this.#line);
    this.#line += 1;
    if (element.kind === "unreadable" || element.text !== "") yield element;
  }
}
