import type { Clock } from "@rsync/core";
import { OverloadedError } from "./errors.ts";

/** How many submissions may be under way at once (I8): from their call until its result. */
export interface IntakeLimits {
  /** Receipts; about 3 KiB of memory each. Default 20,000. */
  readonly receiptsMax: number;
  /** Bytes of their ids and hashes. Default 32 MiB. */
  readonly bytesMax: number;
  /** What a submission does when a limit is reached, unless its own options say otherwise. Default `reject`. */
  readonly whenFull: "reject" | "wait";
}

export const DEFAULT_INTAKE_LIMITS: IntakeLimits = {
  receiptsMax: 20_000,
  bytesMax: 32 * 1024 * 1024,
  whenFull: "reject",
};

/** What one call brings. */
export interface Load {
  readonly receipts: number;
  readonly bytes: number;
}

interface Waiter {
  readonly load: Load;
  readonly enter: () => void;
  readonly leave: (reason: unknown) => void;
}

/** Lets submissions in while there is room, those that wait in the order of their calls. */
export class Intake {
  readonly #clock: Clock;
  readonly #limits: () => IntakeLimits;
  readonly #waiting: Waiter[] = [];
  #receipts = 0;
  #bytes = 0;

  constructor(clock: Clock, limits: () => IntakeLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** What is under way. */
  get load(): Load {
    return { receipts: this.#receipts, bytes: this.#bytes };
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Makes room; what was let in calls {@link release} once. Returns a promise only where it has to wait. Throws or rejects with
   * {@link OverloadedError}; rejects with the signal's reason when that aborts first.
   */
  admit(
    load: Load,
    options: {
      readonly whenFull: "reject" | "wait" | undefined;
      readonly timeoutMs: number;
      readonly signal: AbortSignal | undefined;
    },
  ): Promise<void> | undefined {
    // The limits may have been raised since.
    this.#letIn();
    if (this.#waiting.length === 0 && this.#hasRoom(load)) {
      this.#enter(load);
      return undefined;
    }
    if ((options.whenFull ?? this.#limits().whenFull) === "reject") throw this.#overloaded();
    return this.#wait(load, options.timeoutMs, options.signal);
  }

  release({ receipts, bytes }: Load): void {
    this.#receipts -= receipts;
    this.#bytes -= bytes;
    this.#letIn();
  }

  /** Nobody waits any longer: everybody who does is turned away for this reason. */
  turnAway(reason: unknown): void {
    for (const waiter of this.#waiting.splice(0)) waiter.leave(reason);
  }

  #letIn(): void {
    for (let first = this.#waiting[0]; first !== undefined && this.#hasRoom(first.load); first = this.#waiting[0]) {
      this.#waiting.shift();
      first.enter();
    }
  }

  #overloaded(): OverloadedError {
    return new OverloadedError(this.load, this.#limits());
  }

  /** What exceeds the limits all alone is let in when nothing else is: refused, it could never succeed. */
  #hasRoom({ receipts, bytes }: Load): boolean {
    const { receiptsMax, bytesMax } = this.#limits();
    if (this.#receipts === 0) return true;
    return this.#receipts + receipts <= receiptsMax && this.#bytes + bytes <= bytesMax;
  }

  #enter({ receipts, bytes }: Load): void {
    this.#receipts += receipts;
    this.#bytes += bytes;
  }

  async #wait(load: Load, timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = {
      load,
      enter: () => {
        this.#enter(load);
        resolve();
      },
      leave: reject,
    };
    const giveUp = (reason: unknown): void => {
      const index = this.#waiting.indexOf(waiter);
      if (index < 0) return;
      this.#waiting.splice(index, 1);
      waiter.leave(reason);
      // Whoever comes after it may need less room.
      this.#letIn();
    };
    const tooLate = (): void => giveUp(this.#overloaded());
    const abort = (): void => giveUp(signal?.reason);
    this.#waiting.push(waiter);
    const cancel = this.#clock.schedule(timeoutMs, tooLate, { keepAlive: true });
    signal?.addEventListener("abort", abort, { once: true });
    try {
      await promise;
    } finally {
      cancel();
      signal?.removeEventListener("abort", abort);
    }
  }
}
