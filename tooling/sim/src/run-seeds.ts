/** Runs seeds in worker threads. */
import { Worker } from "node:worker_threads";
import type { SeedOutcome } from "./seed-outcome.ts";
import type { SeedsTask } from "./seeds-worker.ts";

/** A seed that takes longer than this is stuck in a loop that never lets time pass. */
const SEED_MS_MAX = 60_000;

/** Runs one task in a thread; calls `each` for every seed. Resolves when the thread has ended; rejects when it broke. */
export function runTask(task: SeedsTask, each: (outcome: SeedOutcome) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const worker = new Worker(new URL("./seeds-worker.ts", import.meta.url), { workerData: task });
  let seed = task.from;
  const stuck = (): void => {
    each(stuckOutcome(seed));
    void worker.terminate();
  };
  let watchdog = setTimeout(stuck, SEED_MS_MAX);
  worker.on("message", (outcome: SeedOutcome) => {
    clearTimeout(watchdog);
    watchdog = setTimeout(stuck, SEED_MS_MAX);
    seed = outcome.seed + task.step;
    each(outcome);
  });
  worker.on("error", (error) => {
    clearTimeout(watchdog);
    reject(error);
  });
  worker.on("exit", () => {
    clearTimeout(watchdog);
    resolve();
  });
  return promise;
}

/** Shares a range of seeds out among threads. */
export async function runSeeds(
  range: { readonly base: number; readonly count: number; readonly workers: number },
  each: (outcome: SeedOutcome) => void,
): Promise<void> {
  const { base, count, workers } = range;
  const tasks = Array.from({ length: Math.min(workers, count) }, (_, index): SeedsTask => {
    const share = Math.ceil((count - index) / workers);
    return { from: base + index, count: share, step: workers, mutant: undefined, stopAtViolation: false };
  });
  await Promise.all(tasks.map((task) => runTask(task, each)));
}

function stuckOutcome(seed: number): SeedOutcome {
  const detail = `no end within ${SEED_MS_MAX / 1_000} s of real time: a loop that never lets time pass`;
  const nothing = { traceHash: "", struck: [], receipts: 0, commits: 0, events: 0, virtualMs: 0 };
  return { seed, violation: { checker: "bounds", detail }, ...nothing };
}
