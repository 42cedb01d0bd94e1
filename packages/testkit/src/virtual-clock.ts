/**
 * Time that passes only when a test says so.
 *
 * Everything that waits through core's `Clock` waits on this one instead: a week of retries runs in milliseconds, and the
 * same way each time. Timers run in the order of their due times, those of one instant in the order in which they were set.
 */
import type { Clock } from "@rsync/core";
import { nextTurn, systemClock } from "./system-clock.ts";

/** Where a {@link virtualClock} begins, and how long it waits for what is not virtual. */
export interface VirtualClockOptions {
  /**
   * What `wallMs` says at first: milliseconds since 1970. Default 1763294400000, which is 2025-11-16T12:00:00Z, so that no
   * test depends on the day on which it runs.
   */
  readonly wallMs?: number;
  /**
   * How many turns of the event loop promises get to settle before and after each timer. Default 20: all microtasks run
   * in one turn, and the rest is for what passes through the event loop a few times.
   */
  readonly settleTurns?: number;
}

/** Core's `Clock`, moved by hand. */
export interface VirtualClock extends Clock {
  /**
   * Moves time forward by `ms`, running every timer that comes due on the way, each at its own instant. Promises settle
   * before the first, between them and after the last, so timers that are set on the way run too if they come due.
   */
  readonly advance: (ms: number) => Promise<void>;
  /**
   * Moves from one due timer to the next until `predicate` is true, at most `maxMs` further. Says whether it came true;
   * if not, `maxMs` have passed.
   */
  readonly runUntil: (predicate: () => boolean, maxMs: number) => Promise<boolean>;
  /** Lets promises settle without moving time. */
  readonly settle: () => Promise<void>;
  /**
   * Lets the real machine (sockets, disks, worker threads) work until `predicate` is true, without moving this clock.
   * Rejects after `patienceMs` real milliseconds, default 10000, so that a test that waits in vain says what it waited for.
   */
  readonly settleUntil: (predicate: () => boolean, patienceMs?: number) => Promise<void>;
  /** Sets what `wallMs` says now, backwards too: an operator who corrects the machine's clock. Timers do not notice. */
  readonly setWallMs: (wallMs: number) => void;
  /** How many timers are set that have neither run nor been cancelled. A test may demand 0 at its end. */
  readonly timersPending: () => number;
}

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
}

const defaultWallMs = 1_763_294_400_000;
const defaultSettleTurns = 20;
const defaultPatienceMs = 10_000;

/** A clock that stands at monotonic time 0. No timer runs by itself, and none inside the call that sets it. */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  let nowMs = 0;
  let wallOffsetMs = options.wallMs ?? defaultWallMs;
  const timers = new Set<Timer>();
  const settle = () => settleTurns(options.settleTurns ?? defaultSettleTurns);

  const runNext = (untilMs: number): boolean => {
    const next = earliest(timers);
    if (next === undefined || next.dueMs > untilMs) return false;
    timers.delete(next);
    nowMs = next.dueMs;
    next.run();
    return true;
  };

  return {
    monotonicMs: () => nowMs,
    wallMs: () => wallOffsetMs + nowMs,
    schedule: (delayMs, run) => {
      if (!(delayMs >= 0)) throw new RangeError(`A timer needs a delay of 0 ms or more, not ${delayMs}`);
      const timer: Timer = { dueMs: nowMs + delayMs, run };
      timers.add(timer);
      return () => {
        timers.delete(timer);
      };
    },
    advance: async (ms) => {
      const untilMs = nowMs + ms;
      await settle();
      while (runNext(untilMs)) await settle();
      nowMs = untilMs;
    },
    runUntil: async (predicate, maxMs) => {
      const untilMs = nowMs + maxMs;
      await settle();
      while (!predicate() && runNext(untilMs)) await settle();
      if (predicate()) return true;
      nowMs = untilMs;
      return false;
    },
    settle,
    settleUntil,
    setWallMs: (wallMs) => {
      wallOffsetMs = wallMs - nowMs;
    },
    timersPending: () => timers.size,
  };
}

async function settleTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await nextTurn();
}

async function settleUntil(predicate: () => boolean, patienceMs = defaultPatienceMs): Promise<void> {
  const untilMs = systemClock.monotonicMs() + patienceMs;
  while (!predicate()) {
    if (systemClock.monotonicMs() > untilMs) throw new Error(`Not true after ${patienceMs} ms: ${predicate}`);
    await nextTurn();
  }
}

/** A linear search: tests hold few timers, and a `Set` keeps those of one instant in the order in which they were set. */
function earliest(timers: ReadonlySet<Timer>): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of timers) {
    if (first === undefined || timer.dueMs < first.dueMs) first = timer;
  }
  return first;
}
