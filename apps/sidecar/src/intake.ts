/** How much may be under way at once, and whether anything new is taken at all (I8). */
import { setMaxListeners } from "node:events";
import { problemAnswer, Refusal, tryAgain } from "./http/answer.ts";
import { shuttingDown } from "./http/answer-error.ts";

export interface IntakeLimits {
  /** Receipts waiting at once, over all connections; about 4 KiB each. */
  readonly receiptsMax: number;
  /** As many of them may be lines of streams; the rest is left to requests with one receipt, which are not asked to wait. */
  readonly linesMax: number;
  /** Streams open at once, also those on which nothing moves. */
  readonly streamsMax: number;
}

const streamsMax = 64;

/** A quarter of the room is never taken by streams. */
export function intakeLimits(receiptsMax: number): IntakeLimits {
  return { receiptsMax, linesMax: Math.max(1, Math.floor(receiptsMax * 0.75)), streamsMax };
}

export class Intake {
  readonly #stopping = new AbortController();
  readonly #limits: IntakeLimits;
  /** Lines that wait for room, the first one first. */
  readonly #waiting: (() => void)[] = [];
  #receipts = 0;
  #lines = 0;
  #streams = 0;
  #onIdle: (() => void) | undefined;

  constructor(limits: IntakeLimits) {
    this.#limits = limits;
    setMaxListeners(0, this.#stopping.signal);
  }

  /** Aborted when a drain begins. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Makes room for one receipt, or throws a {@link Refusal}. Call the returned function once, when it is done. */
  admit(): () => void {
    this.#refuseWhileStopping();
    const { receiptsMax } = this.#limits;
    if (this.#receipts >= receiptsMax)
      throw overloaded(`${receiptsMax} receipts are under way, as many as are allowed`);
    this.#receipts += 1;
    return () => {
      this.#receipts -= 1;
      this.#released();
    };
  }

  /** The same for a stream, as long as it is open; its lines are admitted one by one. */
  admitStream(): () => void {
    this.#refuseWhileStopping();
    const { streamsMax } = this.#limits;
    if (this.#streams >= streamsMax) throw overloaded(`${streamsMax} streams are open, as many as are allowed`);
    this.#streams += 1;
    return () => {
      this.#streams -= 1;
      this.#released();
    };
  }

  /** The same for a line of an admitted stream, which waits until there is room. What was read is finished also in a drain. */
  async admitLine(): Promise<() => void> {
    if (!this.#hasRoomForLine() || this.#waiting.length > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await promise;
    } else {
      this.#takeLine();
    }
    return () => {
      this.#receipts -= 1;
      this.#lines -= 1;
      this.#released();
    };
  }

  /** Takes nothing more; resolves when everything taken before is done. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#isIdle()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onIdle = resolve;
    await promise;
  }

  #refuseWhileStopping(): void {
    if (this.stopping.aborted) throw new Refusal(shuttingDown());
  }

  #hasRoomForLine(): boolean {
    return this.#receipts < this.#limits.receiptsMax && this.#lines < this.#limits.linesMax;
  }

  #takeLine(): void {
    this.#receipts += 1;
    this.#lines += 1;
  }

  #released(): void {
    while (this.#waiting.length > 0 && this.#hasRoomForLine()) {
      // Taken for it at once, so that nobody comes between.
      this.#takeLine();
      this.#waiting.shift()?.();
    }
    if (this.#isIdle()) this.#onIdle?.();
  }

  #isIdle(): boolean {
    return this.#receipts === 0 && this.#streams === 0;
  }
}

function overloaded(why: string): Refusal {
  return new Refusal(tryAgain(problemAnswer(503, "overloaded", "Overloaded", `${why}; nothing was stored`)));
}
