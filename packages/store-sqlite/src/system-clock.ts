import type { Clock } from "@rsync/core";

/** The real clock. A file of its own, because only such files may read one (I10). */

const delayMsMax = 2 ** 31 - 1;

/** Milliseconds since 1970 as this machine believes: labels only (I6). */
export const systemWallMs: Clock["wallMs"] = () => Date.now();

/** Timers that never keep a process alive: what they do in a store can always be done after the next opening. */
export const systemSchedule: Clock["schedule"] = (delayMs, run) => {
  const timer = setTimeout(run, Math.min(delayMs, delayMsMax));
  timer.unref();
  return () => clearTimeout(timer);
};
