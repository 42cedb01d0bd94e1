/** A receipt that was sent and has no result yet. */
export interface Sent {
  /** Its number in the input. */
  readonly number: number;
  readonly receiptId: string;
  readonly sentAtMs: number;
}

/** The lines of one stream that wait for their results, and room for more. */
export class InFlight {
  readonly #max: number;
  readonly #sent = new Map<number, Sent>();
  #lines = 0;
  #wake: () => void = () => {};

  constructor(max: number) {
    this.#max = max;
  }

  /** Resolves when fewer than the limit are waiting, or `signal` is aborted. One caller at a time. */
  async room(signal: AbortSignal): Promise<void> {
    while (this.#sent.size >= this.#max && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      signal.addEventListener("abort", resolve as () => void, { once: true });
      await promise;
      signal.removeEventListener("abort", resolve as () => void);
    }
  }

  /** It is about to be written as the next line of the stream. */
  add(sent: Sent): void {
    this.#lines += 1;
    this.#sent.set(this.#lines, sent);
  }

  /** The result of a line of the stream (from 1) came; undefined where none was waited for. */
  take(line: number): Sent | undefined {
    const sent = this.#sent.get(line);
    this.#sent.delete(line);
    this.#wake();
    return sent;
  }

  /** Numbers in the input of all that wait, in the order of sending. */
  get numbers(): readonly number[] {
    return [...this.#sent.values()].map(({ number }) => number);
  }
}
