/**
 * Gives memory back to the machine after a burst.
 *
 * At tens of thousands of receipts a second V8 lets its heap grow to several times what is alive, because that is fast, and
 * nothing makes it smaller again while nothing is allocated. A sidecar shares its machine with the service beside it, so once it
 * has been calm for a while it collects what is left over. That takes about a tenth of a second, in which nobody waits.
 */
import { Session } from "node:inspector/promises";
import { performance } from "node:perf_hooks";
import type { Logger } from "@rsync/core";
import * as lines from "./life-lines.ts";

/** How often it looks. */
const LOOK_EVERY_MS = 500;
/** Calm is to be busy for less than this share of the time... */
const CALM_SHARE_MAX = 0.1;
/** ...in so many looks, one after another. */
const CALM_LOOKS = 2;
/** A smaller heap is not worth the pause: half of it is alive. */
const HEAP_BYTES_MIN = 96 * 1024 * 1024;
/** Nor is one that has hardly grown since the last time. */
const GROWTH_MIN = 1.5;
/** Bursts that follow each other use the same memory. */
const REST_MS = 10_000;

/** What was seen since the last look. */
export interface Look {
  readonly nowMs: number;
  /** Of the time since the last look, the share in which the event loop was busy: 0 to 1. */
  readonly busyShare: number;
  /** Of the heap, whether or not they are in use. */
  readonly heapBytes: number;
}

/** Says when it is time, from one look after another. */
export class CalmAfterBurst {
  #calmLooks = 0;
  #leftBytes = 0;
  #againAtMs = Number.NEGATIVE_INFINITY;

  isTimeToCollect({ nowMs, busyShare, heapBytes }: Look): boolean {
    this.#calmLooks = busyShare <= CALM_SHARE_MAX ? this.#calmLooks + 1 : 0;
    const worthIt = heapBytes >= Math.max(HEAP_BYTES_MIN, this.#leftBytes * GROWTH_MIN);
    return worthIt && this.#calmLooks >= CALM_LOOKS && nowMs >= this.#againAtMs;
  }

  /** `heapBytes`: what the collection left. */
  collected({ nowMs, heapBytes }: Pick<Look, "nowMs" | "heapBytes">): void {
    this.#leftBytes = heapBytes;
    this.#againAtMs = nowMs + REST_MS;
    this.#calmLooks = 0;
  }
}

/** Looks for as long as the process runs, which it does not keep from ending. */
export function giveBackMemory(log: Logger): void {
  const calm = new CalmAfterBurst();
  let seen = performance.eventLoopUtilization();
  const look = async (): Promise<void> => {
    const now = performance.eventLoopUtilization();
    const busyShare = performance.eventLoopUtilization(now, seen).utilization;
    seen = now;
    const before = { nowMs: performance.now(), heapBytes: process.memoryUsage().heapTotal };
    if (!calm.isTimeToCollect({ ...before, busyShare })) return;
    await collectGarbage();
    const left = { nowMs: performance.now(), heapBytes: process.memoryUsage().heapTotal };
    calm.collected(left);
    log(lines.memoryGivenBack(before.heapBytes, left.heapBytes, left.nowMs - before.nowMs));
    // The collection was no work.
    seen = performance.eventLoopUtilization();
  };
  const lookLater = (): void => {
    // Without an inspector in this Node, the memory is kept, and nothing else is amiss.
    const giveUp = (error: unknown): void => log(lines.memoryKept(String(error)));
    setTimeout(() => void look().then(lookLater, giveUp), LOOK_EVERY_MS).unref();
  };
  lookLater();
}

/** Everything that is not alive, at once; V8 gives the pages back to the operating system. */
export async function collectGarbage(): Promise<void> {
  const session = new Session();
  session.connect();
  try {
    await session.post("HeapProfiler.collectGarbage");
  } finally {
    session.disconnect();
  }
}
