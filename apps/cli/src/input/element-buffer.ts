import { ELEMENT_BYTES_MAX, type Element } from "./element.ts";

/** The bytes of the element that is being read, at most {@link ELEMENT_BYTES_MAX} of them. */
export class ElementBuffer {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  /** Keeps a part of a chunk, which must not change afterwards. Beyond the limit only the size is kept. */
  add(piece: Uint8Array): void {
    this.#bytes += piece.length;
    if (this.#bytes > ELEMENT_BYTES_MAX) this.#pieces = [];
    else if (piece.length > 0) this.#pieces.push(piece);
  }

  /** The element that was read, and an empty buffer for the next. White space around it is not part of it. */
  take(number: number): Element {
    const { text, bytes } = this.#drain();
    if (bytes > ELEMENT_BYTES_MAX) return unreadable(number, `larger than ${ELEMENT_BYTES_MAX} bytes (${bytes})`);
    if (text === undefined) return unreadable(number, "not UTF-8 text");
    return { kind: "element", number, text: text.trim() };
  }

  #drain(): { readonly text: string | undefined; readonly bytes: number } {
    const bytes = this.#bytes;
    const joined = this.#pieces.length === 1 ? this.#pieces[0] : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#bytes = 0;
    try {
      return { text: this.#decoder.decode(joined), bytes };
    } catch {
      return { text: undefined, bytes };
    }
  }
}

export function unreadable(number: number, message: string): Element {
  return { kind: "unreadable", number, message };
}
