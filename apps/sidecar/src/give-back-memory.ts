/**
 * Gives memory back to the machine after a burst.
 *
 * At tens of thousands of receipts a second V8 lets its heap grow to several times what is alive, because that is fast, and
 * nothing makes it smaller again while nothing is allocated. A sidecar shares its machine with the service beside it, so once it
 * has been calm for a while it collects what is left over. That takes about a tenth of a second, in which nobody waits. The heap
 * then grows anew with the next burst, which costs that one a third of its first seconds' speed: so it is not done between bursts
 * that follow each other closely.
 */
import { Session } from "node:inspector/promises";
import { performance } from "node:perf_hooks";
import type { Logger } from "@rsync/core";
import * as lines from "./life-lines.ts";

/** How often it looks. */
const LOOK_EVERY_MS = 1_000;
/** Calm is to be busy for less than this share of the time... */
const CALM_SHARE_MAX = 0.1;
/** ...in each second of so long a time. */
const CALM_MS = 30_000;
/** A smaller heap is not worth the pause: half of it is alive. */
const HEAP_BYTES_MIN = 96 * 1024 * 1024;
/** Nor is one that has hardly grown since the last time. */
const GROWTH_MIN = 1.5;

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
  #busyAtMs = 0;
  #leftBytes = 0;

  isTimeToCollect({ nowMs, busyShare, heapBytes }: Look): boolean {
    if (busyShare > CALM_SHARE_MAX) this.#busyAtMs = nowMs;
    return nowMs - this.#busyAtMs >= CALM_MS && heapBytes >= Math.max(HEAP_BYTES_MIN, this.#leftBytes * GROWTH_MIN);
  }

  /** `heapBytes`: what the collection left. */
  collected(heapBytes: number): void {
    this.#leftBytes = heapBytes;
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
    const nowMs = performance.now();
    const heapBytes = process.memoryUsage().heapTotal;
    if (!calm.isTimeToCollect({ nowMs, busyShare, heapBytes })) return;
    await collectGarbage();
    const leftBytes = process.memoryUsage().heapTotal;
    calm.collected(leftBytes);
    log(lines.memoryGivenBack(heapBytes, leftBytes, performance.now() - nowMs));
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
