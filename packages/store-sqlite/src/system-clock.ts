import type { Clock } from "@rsync/core";

/** The real clock. A file of its own, because only such files may read one (I10). */

/** A timer can not be longer than this; a longer wait is made of several. */
const timerMsMax = 2 ** 31 - 1;

/** Milliseconds since 1970 as this machine believes: labels only (I6). */
export const systemWallMs: Clock["wallMs"] = () => Date.now();

/** Timers that never keep a process alive: what they do in a store can always be done after the next opening. */
export const systemSchedule: Clock["schedule"] = (delayMs, run) => {
  let timer: NodeJS.Timeout;
  const arm = (leftMs: number): void => {
    const stepMs = Math.min(leftMs, timerMsMax);
    timer = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : run()), stepMs);
    timer.unref();
  };
  arm(delayMs);
  return () => clearTimeout(timer);
};
