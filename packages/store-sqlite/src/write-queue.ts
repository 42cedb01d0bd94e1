/**
 * Group commit: what arrives while a commit runs goes into the next one.
 *
 * One transaction is under way at a time, so a caller alone waits for one fsync and a thousand callers at once still wait
 * for one or two. The queue is bounded in bytes (I8).
 */
import { StoreError } from "@rsync/core";
import type { StoreProblem } from "./file/store-problem.ts";
import type { AppendCells, AppendOutcome, Progress, WriteJob } from "./threads/messages.ts";

/** Carries one transaction to the writing thread and back. */
export type CarryOut = (
  jobs: readonly WriteJob[],
) => Promise<
  | { readonly kind: "written"; readonly outcomes: readonly (readonly AppendOutcome[])[]; readonly progress: Progress }
  | { readonly kind: "failed"; readonly problem: StoreProblem }
>;

export interface WriteQueueOptions {
  readonly carryOut: CarryOut;
  readonly queuedBytesMax: number;
  /** More work for a transaction that is about to leave; what it holds must bear being lost. */
  readonly passengers: () => readonly WriteJob[];
  /** After each commit, before its callers hear of it. */
  readonly onProgress: (progress: Progress) => void;
  /** After each transaction that failed, with the passengers that were on it. */
  readonly onProblem: (problem: StoreProblem, passengers: readonly WriteJob[]) => void;
}

interface Waiter {
  readonly jobIndex: number;
  /** Which outcomes of that job are this caller's. */
  readonly from: number;
  readonly through: number;
  readonly resolve: (outcomes: readonly AppendOutcome[]) => void;
  readonly reject: (error: StoreError) => void;
}

/** One transaction in the making. */
interface Gathering {
  readonly jobs: WriteJob[];
  readonly waiters: Waiter[];
  /** The last job's items while it is an `append`: appends that follow each other become one job. */
  appends: AppendCells[] | undefined;
  items: number;
  bytes: number;
}

/** Bounds how long one transaction takes (about 50 ms), and so how long the next caller waits behind it. */
const itemsPerTransactionMax = 4096;

export class WriteQueue {
  readonly #options: WriteQueueOptions;
  readonly #queued: Gathering[] = [];
  /** Of everything that is queued or under way. */
  #queuedBytes = 0;
  #flushAsked = false;
  #running: Promise<void> | undefined;

  constructor(options: WriteQueueOptions) {
    this.#options = options;
  }

  /** Resolves with the outcomes of an `append`, with nothing for other jobs; rejects with `StoreError`. */
  push(job: WriteJob, bytes: number): Promise<readonly AppendOutcome[]> {
    const { queuedBytesMax } = this.#options;
    // I8. What exceeds the limit all alone is let in: refused, it could never succeed.
    if (this.#queuedBytes > 0 && this.#queuedBytes + bytes > queuedBytesMax) {
      return Promise.reject(overloaded(this.#queuedBytes, queuedBytesMax));
    }
    this.#queuedBytes += bytes;
    let last = this.#queued.at(-1);
    // A transaction begins with `renew`, so that all its appends bear the same store id.
    if (last === undefined || last.items >= itemsPerTransactionMax || job.kind === "renew") {
      last = emptyGathering();
      this.#queued.push(last);
    }
    const joined = join(last, job, bytes);
    this.#running ??= this.#run();
    return joined;
  }

  /** Sends a transaction for the passengers alone, if there are any and nothing else is going their way. */
  flush(): void {
    this.#flushAsked = true;
    this.#running ??= this.#run();
  }

  /** Resolves once nothing is queued or under way. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    // One turn later: whoever calls in the same turn comes along.
    await Promise.resolve();
    for (let next = this.#take(); next !== undefined; next = this.#take()) await this.#carry(next);
    this.#running = undefined;
  }

  #take(): Gathering | undefined {
    const next = this.#queued.shift();
    if (next !== undefined) return next;
    return this.#flushAsked ? emptyGathering() : undefined;
  }

  async #carry(taken: Gathering): Promise<void> {
    this.#flushAsked = false;
    const passengers = this.#options.passengers();
    const jobs = [...taken.jobs, ...passengers];
    if (jobs.length === 0) return;
    const done = await this.#options.carryOut(jobs);
    this.#queuedBytes -= taken.bytes;
    if (done.kind === "written") {
      this.#options.onProgress(done.progress);
      for (const { jobIndex, from, through, resolve } of taken.waiters) {
        resolve(done.outcomes[jobIndex]?.slice(from, through) ?? []);
      }
      return;
    }
    this.#options.onProblem(done.problem, passengers);
    const error = new StoreError(done.problem.kind, done.problem.message);
    for (const { reject } of taken.waiters) reject(error);
  }
}

function emptyGathering(): Gathering {
  return { jobs: [], waiters: [], appends: undefined, items: 0, bytes: 0 };
}

function join(gathering: Gathering, job: WriteJob, bytes: number): Promise<readonly AppendOutcome[]> {
  gathering.bytes += bytes;
  let from = 0;
  let through = 0;
  if (job.kind !== "append") {
    gathering.appends = undefined;
    gathering.items += 1;
    gathering.jobs.push(job);
  } else {
    if (gathering.appends === undefined) {
      gathering.appends = [];
      gathering.jobs.push({ kind: "append", items: gathering.appends });
    }
    from = gathering.appends.length;
    for (const item of job.items) gathering.appends.push(item);
    through = gathering.appends.length;
    gathering.items += job.items.length;
  }
  const jobIndex = gathering.jobs.length - 1;
  return new Promise((resolve, reject) => {
    gathering.waiters.push({ jobIndex, from, through, resolve, reject });
  });
}

function overloaded(queuedBytes: number, queuedBytesMax: number): StoreError {
  return new StoreError(
    "overloaded",
    `${queuedBytes} bytes wait to be written, of ${queuedBytesMax} allowed (queuedBytesMax). Nothing was stored; try again`,
  );
}
