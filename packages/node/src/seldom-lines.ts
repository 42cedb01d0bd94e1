import type { Clock, Logger, LogLine } from "@rsync/core";

/** One line about each matter in so long a time. */
const REST_MS = 60_000;

interface Told {
  atMs: number;
  since: number;
}

/**
 * Lines about single receipts that whoever runs a region must see although there may be thousands of them: the first of each
 * matter at once, and then no more than one a minute, which says how many there were in between.
 */
export class SeldomLines {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #byMatter = new Map<string, Told>();

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** `matter`: one of few, never what a stranger may name (I8). `line` is given the number of those left out. */
  tell(matter: string, line: (leftOut: number) => LogLine): void {
    const nowMs = this.#clock.monotonicMs();
    const told = this.#byMatter.get(matter);
    if (told !== undefined && nowMs - told.atMs < REST_MS) {
      told.since += 1;
      return;
    }
    this.#byMatter.set(matter, { atMs: nowMs, since: 0 });
    this.#logger(line(told?.since ?? 0));
  }
}
