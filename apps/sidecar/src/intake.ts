/** How much may be under way at once, and whether anything new is taken at all (I8). */
import { setMaxListeners } from "node:events";
import { problemAnswer, Refusal, tryAgain } from "./http/answer.ts";
import { shuttingDown } from "./http/answer-error.ts";

/** Receipts waiting at once, over all connections; about 4 KiB each. */
const RECEIPTS_MAX = 16_384;

export class Intake {
  readonly #stopping = new AbortController();
  readonly #receiptsMax: number;
  #taken = 0;
  #onIdle: (() => void) | undefined;

  constructor(receiptsMax: number = RECEIPTS_MAX) {
    this.#receiptsMax = receiptsMax;
    setMaxListeners(0, this.#stopping.signal);
  }

  /** Aborted when a drain begins. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Makes room for so many receipts, or throws a {@link Refusal}. Call the returned function once, when they are done. */
  admit(receipts: number): () => void {
    if (this.stopping.aborted) throw new Refusal(shuttingDown());
    if (this.#taken + receipts > this.#receiptsMax) {
      const detail = `${this.#taken} receipts are under way, of ${this.#receiptsMax} allowed; nothing was stored`;
      throw new Refusal(tryAgain(problemAnswer(503, "overloaded", "Overloaded", detail)));
    }
    this.#taken += receipts;
    return () => {
      this.#taken -= receipts;
      if (this.#taken === 0) this.#onIdle?.();
    };
  }

  /** Takes nothing more; resolves when everything taken before is done. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#taken === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onIdle = resolve;
    await promise;
  }
}
