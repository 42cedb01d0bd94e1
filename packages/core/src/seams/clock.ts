/**
 * Where time and chance come from (I10). Nothing below the apps reads a clock or a random source directly: whoever makes
 * a manager or a store hands these in, so that a run can be repeated exactly, and a week can pass in a millisecond.
 */
export interface Clock {
  /** Milliseconds that never run backwards, from an arbitrary origin. Every decision about waiting uses this one. */
  readonly monotonicMs: () => number;
  /** Milliseconds since 1970-01-01T00:00:00Z as this machine believes. A label (I6): it decides nothing. */
  readonly wallMs: () => number;
  /** Calls `run` once, about `delayMs` milliseconds (>= 0, any size) from now, unless the returned function is called first. */
  readonly schedule: (delayMs: number, run: () => void, options?: TimerOptions) => CancelTimer;
}

/** What {@link Clock} should know about a timer beside when it fires. */
export interface TimerOptions {
  /**
   * Somebody waits for this timer: the process should not end before it. Default false, for what another process can take up
   * where this one ended. A clock that is not real ignores it.
   */
  readonly keepAlive?: boolean | undefined;
}

/** Calling it more than once, or after the timer fired, does nothing. */
export type CancelTimer = () => void;

/** A number in [0, 1), as `Math.random` gives. It spreads waiting times; nothing secret is made from it. */
export type Random = () => number;

/** A new text of at least 96 random bits in `A-Z a-z 0-9 _ -` (1 to 64 characters). Store ids and epochs are made from it. */
export type RandomId = () => string;
