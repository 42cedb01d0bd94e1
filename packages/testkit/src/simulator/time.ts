/** Virtual time for a whole deployment: one queue of events, run one by one, with everything settled in between. */
import type { CancelTimer } from "@rsync/core";
import { nextTurn } from "../system-clock.ts";

interface TimedEvent {
  readonly dueMs: number;
  /** Events of one instant run in the order of their making. */
  readonly sequence: number;
  run: (() => void) | undefined;
}

/** More events than this at one instant are no simulation any more but a loop that never lets time pass (I8). */
const EVENTS_PER_INSTANT_MAX = 50_000;

/**
 * A heap of events. Nothing in a simulation does real I/O, so one turn of the event loop settles whatever an event set
 * going, and the next one finds everything at rest.
 */
export class SimulatedTime {
  #nowMs = 0;
  #sequence = 0;
  #events = 0;
  #atThisInstant = 0;
  readonly #heap: TimedEvent[] = [];
  #stopped = false;

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Events run so far. */
  get events(): number {
    return this.#events;
  }

  /** Calls `run` after so many milliseconds (>= 0), unless the returned function is called first. */
  after(delayMs: number, run: () => void): CancelTimer {
    const event: TimedEvent = { dueMs: this.#nowMs + Math.max(0, delayMs), sequence: this.#sequence, run };
    this.#sequence += 1;
    this.#push(event);
    return () => {
      event.run = undefined;
    };
  }

  /** Runs no further event. */
  stop(): void {
    this.#stopped = true;
  }

  /** Lets time pass until an instant, or until `done` says so between two events. Throws where time stands still for ever. */
  async runUntil(untilMs: number, done: () => boolean = () => false): Promise<void> {
    await nextTurn();
    while (!this.#stopped && !done()) {
      const next = this.#next(untilMs);
      if (next?.run === undefined) {
        this.#nowMs = Math.max(this.#nowMs, untilMs);
        return;
      }
      this.#advanceTo(next.dueMs);
      const { run } = next;
      next.run = undefined;
      run();
      await nextTurn();
    }
  }

  #advanceTo(dueMs: number): void {
    this.#events += 1;
    this.#atThisInstant = dueMs === this.#nowMs ? this.#atThisInstant + 1 : 0;
    this.#nowMs = dueMs;
    if (this.#atThisInstant > EVENTS_PER_INSTANT_MAX) {
      throw new Error(`Time stands still: more than ${EVENTS_PER_INSTANT_MAX} events at ${dueMs} ms`);
    }
  }

  #next(untilMs: number): TimedEvent | undefined {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (first.run !== undefined) {
        if (first.dueMs > untilMs) return undefined;
        this.#pop();
        return first;
      }
      this.#pop();
    }
    return undefined;
  }

  #push(event: TimedEvent): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isEarlier(event, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      if (left === undefined) break;
      const right = heap[2 * index + 2];
      const rightFirst = right !== undefined && isEarlier(right, left);
      const child = rightFirst ? right : left;
      if (!isEarlier(child, last)) break;
      heap[index] = child;
      index = 2 * index + (rightFirst ? 2 : 1);
    }
    heap[index] = last;
  }
}

function isEarlier(left: TimedEvent, right: TimedEvent): boolean {
  return left.dueMs < right.dueMs || (left.dueMs === right.dueMs && left.sequence < right.sequence);
}
