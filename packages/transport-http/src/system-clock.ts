/** The clock of this machine: the one place of this package that reads it (I10). */
import type { Clock } from "@rsync/core";

/** Node runs a timer with a longer delay at once, so longer ones are waited for in parts. */
const delayMsMax = 2 ** 31 - 1;

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  schedule: (delayMs, run) => {
    let timer: NodeJS.Timeout;
    const wait = (remainingMs: number): void => {
      const partMs = Math.min(remainingMs, delayMsMax);
      timer = setTimeout(() => (remainingMs > partMs ? wait(remainingMs - partMs) : run()), partMs);
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
};
