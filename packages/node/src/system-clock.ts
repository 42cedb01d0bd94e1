import type { Clock } from "@rsync/core";

/** A timer can not be longer than this (2^31 - 1 ms); a longer wait is made of several. */
const TIMER_MS_MAX = 2_147_483_647;

/** The real time of this machine: the only place of this package that reads it (I10). */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  schedule: (delayMs, run, { keepAlive = false } = {}) => {
    let timer: NodeJS.Timeout;
    const arm = (leftMs: number): void => {
      const stepMs = Math.min(leftMs, TIMER_MS_MAX);
      timer = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : run()), stepMs);
      if (!keepAlive) timer.unref();
    };
    arm(Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
};
