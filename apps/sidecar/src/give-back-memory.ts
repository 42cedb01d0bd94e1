/**
 * Gives memory back to the machine after a burst.
 *
 * At tens of thousands of receipts a second V8 lets its heap grow to several times what is alive, because that is fast, and
 * nothing makes it smaller again while nothing is allocated. A sidecar shares its machine with the service beside it, so once it
 * has been calm for a while it collects what is left over. That takes about a tenth of a second, for which hardly anybody waits.
 * The heap then grows anew with the next burst, which costs that one a third of its first seconds' speed: so it is not done between
 * bursts that follow each other closely.
 */
import { performance } from "node:perf_hooks";
import type { Logger } from "@rsync/core";
import * as lines from "./life-lines.ts";

/** How often it looks. */
const LOOK_EVERY_MS = 1_000;
/** Busy for more than this share of the time is a burst. */
const BURST_SHARE_MIN = 0.1;
/** Less than this is calm... */
const CALM_SHARE_MAX = 0.03;
/** ...after so many looks, one after another. */
const CALM_LOOKS = 30;
/** A smaller heap is not worth the pause: half of it is alive. */
const HEAP_BYTES_MIN = 96 * 1024 * 1024;
/** Nor is one that has hardly grown since the last time. */
const GROWTH_MIN = 1.5;

/** What was seen since the last look. */
export interface Look {
  /** Of the time since the last look, the share in which the event loop was busy: 0 to 1. */
  readonly busyShare: number;
  /** Of the heap, whether or not they are in use. */
  readonly heapBytes: number;
}

/** Says when it is time, from one look after another: once after each burst. */
export class CalmAfterBurst {
  #burst = false;
  #calmLooks = 0;
  #leftBytes = 0;

  isTimeToCollect({ busyShare, heapBytes }: Look): boolean {
    if (busyShare >= BURST_SHARE_MIN) this.#burst = true;
    this.#calmLooks = busyShare < CALM_SHARE_MAX ? this.#calmLooks + 1 : 0;
    if (!this.#burst || this.#calmLooks < CALM_LOOKS) return false;
    this.#burst = false;
    return heapBytes >= Math.max(HEAP_BYTES_MIN, this.#leftBytes * GROWTH_MIN);
  }

  /** `heapBytes`: what the collection left. */
  collected(heapBytes: number): void {
    this.#leftBytes = heapBytes;
  }
}

/** What it needs of the process that it runs in. */
export interface ProcessMemory {
  readonly look: () => Look;
  /** Rejects where nothing can be collected. */
  readonly collect: () => Promise<void>;
  readonly later: (run: () => void) => void;
}

/** Looks for as long as the process runs, which it does not keep from ending. */
export function giveBackMemory(log: Logger, memory: ProcessMemory = thisProcess()): void {
  const calm = new CalmAfterBurst();
  const look = async (): Promise<void> => {
    const seen = memory.look();
    if (!calm.isTimeToCollect(seen)) return;
    await memory.collect();
    const { heapBytes } = memory.look();
    calm.collected(heapBytes);
    log(lines.memoryGivenBack(seen.heapBytes, heapBytes));
  };
  const lookLater = (): void => {
    const giveUp = (error: unknown): void => log(lines.memoryKept(String(error)));
    memory.later(() => void look().then(lookLater, giveUp));
  };
  lookLater();
}

function thisProcess(): ProcessMemory {
  let before = performance.eventLoopUtilization();
  return {
    look: () => {
      const now = performance.eventLoopUtilization();
      const busyShare = performance.eventLoopUtilization(now, before).utilization;
      before = now;
      return { busyShare, heapBytes: process.memoryUsage().heapTotal };
    },
    collect: collectGarbage,
    later: (run) => setTimeout(run, LOOK_EVERY_MS).unref(),
  };
}

/** Collects what is not alive in this thread's heap; V8 gives the pages back to the operating system. */
export async function collectGarbage(): Promise<void> {
  // Node can be built without it: then the memory is kept, and nothing else is amiss.
  const { Session } = await import("node:inspector/promises");
  const session = new Session();
  session.connect();
  try {
    await session.post("HeapProfiler.collectGarbage");
  } finally {
    session.disconnect();
  }
}
