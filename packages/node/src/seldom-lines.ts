import type { CancelTimer, Clock, Logger, LogLine } from "@rsync/core";

/** One line about each matter in so long a time. */
const REST_MS = 60_000;

interface Resting {
  /** Since the last line. */
  leftOut: number;
  /** The line of the last of them. */
  last: ((leftOut: number) => LogLine) | undefined;
  readonly cancel: CancelTimer;
}

/**
 * Lines about single receipts that whoever runs a region must see although there may be thousands of them: the first of each
 * matter at once, and then no more than one a minute, about the last one, which says how many others there were in between.
 */
export class SeldomLines {
  readonly #clock: Clock;
  #logger: Logger;
  readonly #resting = new Map<string, Resting>();

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Where the lines go from now on. */
  speakTo(logger: Logger): void {
    this.#logger = logger;
  }

  /** `matter`: one of few, never what a stranger may name (I8). `line` is given the number of those left out. */
  tell(matter: string, line: (leftOut: number) => LogLine): void {
    const resting = this.#resting.get(matter);
    if (resting === undefined) {
      this.#say(matter, line(0));
      return;
    }
    resting.leftOut += 1;
    resting.last = line;
  }

  /** Says what was left out so far. */
  close(): void {
    for (const [matter, { cancel }] of this.#resting) {
      cancel();
      const line = this.#endRest(matter);
      if (line !== undefined) this.#logger(line);
    }
  }

  #say(matter: string, line: LogLine): void {
    const cancel = this.#clock.schedule(REST_MS, () => {
      const next = this.#endRest(matter);
      if (next !== undefined) this.#say(matter, next);
    });
    this.#resting.set(matter, { leftOut: 0, last: undefined, cancel });
    this.#logger(line);
  }

  #endRest(matter: string): LogLine | undefined {
    const rested = this.#resting.get(matter);
    this.#resting.delete(matter);
    return rested?.last?.(rested.leftOut - 1);
  }
}
