import { setTimeout as sleep } from "node:timers/promises";
import type { Receipt } from "@rsync/core";
import { makeReceipt } from "./make-receipt.ts";
import { percentile } from "./percentile.ts";
import type { Shape } from "./shape.ts";

/** What receipts are submitted to. */
export interface LoadTarget {
  /** Resolves when two of three regions hold all of them durably; rejects otherwise. Callers are numbered from 0. */
  readonly submit: (receipts: readonly Receipt[], caller: number) => Promise<void>;
  /** Receipts that some region does not hold yet, at most; 0 only when all hold everything. */
  readonly missing: () => Promise<number>;
}

export interface LoadPlan extends Shape {
  readonly until: LoadEnd;
  /** Whether the run ends when the last caller has come back, or when all regions hold everything. */
  readonly ends: "answered" | "everywhere";
}

/**
 * When callers stop submitting: after so many seconds, after so many receipts, or when no region misses more than
 * {@link NEARLY_NOTHING} receipts.
 */
type LoadEnd =
  | { readonly kind: "seconds"; readonly seconds: number }
  | { readonly kind: "receipts"; readonly receipts: number }
  | { readonly kind: "caughtUp"; readonly secondsMax: number };

/** What one load came to. */
export interface LoadRun {
  readonly receipts: number;
  /** From the first submission to the end as planned. */
  readonly tookMs: number;
  /** What callers waited for each of their batches. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Where the load lasted until a region had caught up: when its backlog was first seen to shrink. */
  readonly noticed: Noticed | undefined;
}

/** Receipts on their way to a region that has come back. */
interface Noticed {
  /** From the first submission. */
  readonly afterMs: number;
  /** Receipts that it still missed then. */
  readonly missing: number;
}

/** Under load there are always some receipts on their way. */
const NEARLY_NOTHING = 500;

const POLL_MS = 5;
const CAUGHT_UP_POLL_MS = 250;

/** A third region that does not catch up within this time is a fault and no figure. */
const CATCH_UP_MS_MAX = 60_000;

/** Submits as planned. */
export async function closedLoop(target: LoadTarget, { callers, batch, ids, until, ends }: LoadPlan): Promise<LoadRun> {
  const latenciesMs: number[] = [];
  let submitted = 0;
  const beganMs = performance.now();
  const { goesOn, watching } = endOf(until, target, beganMs);
  const caller = async (_: unknown, number: number): Promise<void> => {
    for (let atMs = performance.now(); goesOn(atMs, submitted); ) {
      submitted += batch;
      await target.submit(
        Array.from({ length: batch }, () => makeReceipt(ids)),
        number,
      );
      const doneMs = performance.now();
      latenciesMs.push(doneMs - atMs);
      atMs = doneMs;
    }
  };
  const [noticed] = await Promise.all([watching, ...Array.from({ length: callers }, caller)]);
  if (ends === "everywhere") await everywhere(target);
  const tookMs = performance.now() - beganMs;
  const sorted = Float64Array.from(latenciesMs).sort();
  return { receipts: submitted, tookMs, p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99), noticed };
}

interface WatchedEnd {
  readonly goesOn: (nowMs: number, submitted: number) => boolean;
  /** Resolves when nothing is watched any more, to what it noticed; rejects with what went wrong in watching. */
  readonly watching: Promise<Noticed | undefined>;
}

function endOf(until: LoadEnd, target: LoadTarget, beganMs: number): WatchedEnd {
  switch (until.kind) {
    case "seconds":
      return { goesOn: (nowMs) => nowMs < beganMs + until.seconds * 1000, watching: Promise.resolve(undefined) };
    case "receipts":
      return { goesOn: (_, submitted) => submitted < until.receipts, watching: Promise.resolve(undefined) };
    case "caughtUp": {
      let caughtUp = false;
      const watch = async (): Promise<Noticed | undefined> => {
        const noticed = await watchCatchUp(target, beganMs, until.secondsMax);
        caughtUp = true;
        return noticed;
      };
      return { goesOn: () => !caughtUp, watching: watch() };
    }
  }
}

/** Resolves when next to nothing is missing any more, to when that first became less. */
async function watchCatchUp(target: LoadTarget, beganMs: number, secondsMax: number): Promise<Noticed | undefined> {
  let noticed: Noticed | undefined;
  let before = await target.missing();
  while (before > NEARLY_NOTHING && performance.now() < beganMs + secondsMax * 1000) {
    await sleep(CAUGHT_UP_POLL_MS);
    const missing = await target.missing();
    if (missing < before) noticed ??= { afterMs: performance.now() - beganMs, missing };
    before = missing;
  }
  return noticed;
}

/** Waits until all regions hold everything. */
async function everywhere(target: LoadTarget): Promise<void> {
  const untilMs = performance.now() + CATCH_UP_MS_MAX;
  for (let missing = await target.missing(); missing > 0; missing = await target.missing()) {
    if (performance.now() > untilMs) throw new Error(`${missing} receipts have not reached every region`);
    await sleep(POLL_MS);
  }
}
