/** The one place of this package that touches the event loop and the clock of the real machine (I10). */
import type { Clock } from "@rsync/core";

/** Resolves one turn of the event loop later, when everything that is already settled has been acted upon. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Node refuses longer delays and runs them at once instead. */
const delayMsMax = 2 ** 31 - 1;

/** The clock of this machine. */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  schedule: (delayMs, run) => {
    let timer: NodeJS.Timeout;
    const wait = (remainingMs: number): void => {
      const stepMs = Math.min(remainingMs, delayMsMax);
      timer = setTimeout(() => (remainingMs > stepMs ? wait(remainingMs - stepMs) : run()), stepMs);
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
};
