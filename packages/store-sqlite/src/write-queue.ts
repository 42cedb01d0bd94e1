/**
 * Group commit: what arrives while a commit runs goes into the next one.
 *
 * One transaction is under way at a time, so a caller alone waits for one fsync and a thousand callers at once still wait
 * for one or two. The queue is bounded in bytes (I8).
 */
import { StoreError } from "@rsync/core";
import { addRuns, type CallOutcomes, type GatheredRun, sealRun } from "./append-runs.ts";
import type { StoreProblem } from "./file/store-problem.ts";
import type { AppendOutcomes } from "./threads/append-messages.ts";
import type { JobOutcomes, Progress, SideJob, WriteJob } from "./threads/messages.ts";

/** Carries one transaction to the writing thread and back. */
export type CarryOut = (
  jobs: readonly WriteJob[],
) => Promise<
  | { readonly kind: "written"; readonly outcomes: JobOutcomes; readonly progress: Progress }
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
  /** Receipts of that job before this caller's. */
  readonly from: number;
  readonly resolve: (outcomes: CallOutcomes) => void;
  readonly reject: (error: StoreError) => void;
}

/** One transaction in the making. */
interface Gathering {
  readonly jobs: ({ readonly kind: "append"; readonly runs: readonly GatheredRun[] } | SideJob)[];
  readonly waiters: Waiter[];
  /** The last job's runs while it is an `append`: appends that follow each other become one job. */
  appends: GatheredRun[] | undefined;
  /** Receipts in them. */
  appended: number;
  items: number;
  bytes: number;
}

/** Bounds how long one transaction takes (about 50 ms), and so how long the next caller waits behind it. */
const itemsPerTransactionMax = 4096;

const noOutcomes: AppendOutcomes = { numbers: new Float64Array(), heldDigests: [] };

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

  /** Resolves with what became of so many receipts; rejects with `StoreError`. */
  append(runs: readonly GatheredRun[], receipts: number, bytes: number): Promise<CallOutcomes> {
    const gathering = this.#gather(bytes, false);
    if (gathering === undefined) return Promise.reject(this.#overloaded());
    if (gathering.appends === undefined) {
      gathering.appends = [];
      gathering.appended = 0;
      gathering.jobs.push({ kind: "append", runs: gathering.appends });
    }
    const from = gathering.appended;
    addRuns(gathering.appends, runs);
    gathering.appended += receipts;
    gathering.items += receipts;
    return this.#wait(gathering, from);
  }

  /** Resolves once any other job is done; rejects with `StoreError`. */
  async push(job: SideJob, bytes: number): Promise<void> {
    // A transaction begins with `renew`, so that all its appends bear the same store id.
    const gathering = this.#gather(bytes, job.kind === "renew");
    if (gathering === undefined) throw this.#overloaded();
    gathering.appends = undefined;
    gathering.items += 1;
    gathering.jobs.push(job);
    await this.#wait(gathering, 0);
  }

  /** The transaction that these bytes go into, or none where they are too many. */
  #gather(bytes: number, startsAnew: boolean): Gathering | undefined {
    // I8. What exceeds the limit all alone is let in: refused, it could never succeed.
    if (this.#queuedBytes > 0 && this.#queuedBytes + bytes > this.#options.queuedBytesMax) return undefined;
    this.#queuedBytes += bytes;
    let last = this.#queued.at(-1);
    if (last === undefined || last.items >= itemsPerTransactionMax || startsAnew) {
      last = emptyGathering();
      this.#queued.push(last);
    }
    last.bytes += bytes;
    return last;
  }

  #wait({ jobs, waiters }: Gathering, from: number): Promise<CallOutcomes> {
    this.#running ??= this.#run();
    return new Promise((resolve, reject) => {
      waiters.push({ jobIndex: jobs.length - 1, from, resolve, reject });
    });
  }

  #overloaded(): StoreError {
    const { queuedBytesMax } = this.#options;
    return new StoreError(
      "overloaded",
      `${this.#queuedBytes} bytes wait to be written, of ${queuedBytesMax} allowed (queuedBytesMax). Nothing was stored; try again`,
    );
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
    if (!this.#flushAsked) return undefined;
    return emptyGathering();
  }

  async #carry(taken: Gathering): Promise<void> {
    this.#flushAsked = false;
    const passengers = this.#options.passengers();
    const jobs: WriteJob[] = taken.jobs.map((job) =>
      job.kind === "append" ? { kind: "append", runs: job.runs.map(sealRun) } : job,
    );
    jobs.push(...passengers);
    if (jobs.length === 0) return;
    const done = await this.#options.carryOut(jobs);
    this.#queuedBytes -= taken.bytes;
    if (done.kind === "written") {
      this.#options.onProgress(done.progress);
      for (const { jobIndex, from, resolve } of taken.waiters) {
        resolve({ outcomes: done.outcomes[jobIndex] ?? noOutcomes, from });
      }
      return;
    }
    this.#options.onProblem(done.problem, passengers);
    const error = new StoreError(done.problem.kind, done.problem.message);
    for (const { reject } of taken.waiters) reject(error);
  }
}

function emptyGathering(): Gathering {
  return { jobs: [], waiters: [], appends: undefined, appended: 0, items: 0, bytes: 0 };
}
