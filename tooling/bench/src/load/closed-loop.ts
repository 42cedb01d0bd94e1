import { setTimeout as sleep } from "node:timers/promises";
import type { Receipt } from "@rsync/core";
import { makeReceipt } from "./make-receipt.ts";
import { percentile } from "./percentile.ts";

/** What receipts are submitted to. */
export interface LoadTarget {
  /** Resolves when two of three regions hold it durably; rejects otherwise. */
  readonly submit: (receipt: Receipt) => Promise<void>;
  /** Receipts that some region does not hold yet, at most. */
  readonly missing: () => Promise<number>;
}

export interface LoadPlan {
  /** Each submits its next receipt when its last one has come back. */
  readonly callers: number;
  readonly seconds: number;
}

/** What one load came to. */
export interface LoadRun {
  readonly receipts: number;
  /** From the first submission until all three regions hold everything. */
  readonly tookMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const POLL_MS = 5;

/** A third region that does not catch up within this time is a fault and no figure. */
const CATCH_UP_MS_MAX = 60_000;

/** Submits for so many seconds, then waits until all regions hold everything. */
export async function closedLoop(target: LoadTarget, { callers, seconds }: LoadPlan): Promise<LoadRun> {
  const latenciesMs: number[] = [];
  const beganMs = performance.now();
  const untilMs = beganMs + seconds * 1000;
  const caller = async (): Promise<void> => {
    for (let atMs = performance.now(); atMs < untilMs; ) {
      await target.submit(makeReceipt());
      const doneMs = performance.now();
      latenciesMs.push(doneMs - atMs);
      atMs = doneMs;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  await everywhere(target);
  const tookMs = performance.now() - beganMs;
  const sorted = Float64Array.from(latenciesMs).sort();
  return { receipts: sorted.length, tookMs, p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) };
}

async function everywhere(target: LoadTarget): Promise<void> {
  const untilMs = performance.now() + CATCH_UP_MS_MAX;
  for (let missing = await target.missing(); missing > 0; missing = await target.missing()) {
    if (performance.now() > untilMs) throw new Error(`${missing} receipts have not reached every region`);
    await sleep(POLL_MS);
  }
}
