import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { AppendOutcome, WriteJob } from "../threads/messages.ts";
import { type IdentityWriter, prepareIdentityChanges } from "./change-identity.ts";
import type { LogState } from "./log-state.ts";
import { type AppendCounters, prepareAppends, type WriteAppend } from "./write-appends.ts";
import { prepareSideJobs, type SideWriter } from "./write-side-jobs.ts";

/** A check mark every so many rows: about so many are read again when the log is opened. */
const MARK_ROWS = 10_000;

/** The one that writes. */
export class LogWriter {
  readonly #database: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #insertMark: StatementSync;
  readonly #writeAppend: WriteAppend;
  readonly #side: SideWriter;
  readonly #identity: IdentityWriter;
  readonly #storeIdAtOpening: string;
  #state: LogState;

  constructor(database: DatabaseSync, path: string, opened: LogState) {
    this.#database = database;
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
    this.#insertMark = database.prepare("INSERT INTO check_marks (position) VALUES (?)");
    this.#writeAppend = prepareAppends(database, path);
    this.#side = prepareSideJobs(database);
    this.#identity = prepareIdentityChanges(database);
    this.#storeIdAtOpening = opened.identity.storeId;
    this.#state = opened;
  }

  /** As of the last commit. */
  get state(): LogState {
    return this.#state;
  }

  /**
   * Does all jobs in one transaction, in order, and returns once it is committed and fsynced (I3): outcomes for each `append`
   * job, none for others. Throws what SQLite throws, and then nothing of it has happened: positions and numbers are given out
   * in the same transaction, so none is skipped.
   */
  write(jobs: readonly WriteJob[], recordedAt: string): readonly (readonly AppendOutcome[])[] {
    let after = this.#state;
    const all: AppendOutcome[][] = [];
    this.#begin.run();
    try {
      for (const job of jobs) {
        const outcomes: AppendOutcome[] = [];
        after = this.#apply(after, job, recordedAt, outcomes);
        all.push(outcomes);
      }
      after = this.#mark(after);
      this.#commit.run();
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
    this.#state = after;
    return all;
  }

  #apply(before: LogState, job: WriteJob, recordedAt: string, outcomes: AppendOutcome[]): LogState {
    switch (job.kind) {
      case "append": {
        const { regionId, storeId } = before.identity;
        const counters: AppendCounters = { regionId, storeId, position: before.position, ownSeq: before.ownSeq };
        for (const item of job.items) outcomes.push(this.#writeAppend(counters, item, recordedAt));
        return { ...before, position: counters.position, ownSeq: counters.ownSeq };
      }
      case "renew": {
        // At most once per opening: finding the same rollback a second time is the same news.
        const renewed = before.identity.storeId !== this.#storeIdAtOpening;
        return renewed ? before : this.#identity.renew(before, job);
      }
      case "startRefilling":
        return this.#identity.startRefilling(before);
      case "acceptLoss":
        return this.#identity.acceptLoss(before);
      case "bury":
        this.#side.bury(job.burials);
        return before;
      case "markDeadLetters":
        this.#side.markDeadLetters(job.keys, job.status, job.at);
        return before;
      case "savePeers":
        this.#side.savePeers(job.peers);
        return before;
      case "saveCursors":
        this.#side.saveCursors(job.cursors);
        return before;
    }
  }

  /** Marks only rows of earlier transactions: those are certainly on disk. */
  #mark(after: LogState): LogState {
    const due = Math.floor(this.#state.position / MARK_ROWS) * MARK_ROWS;
    if (due <= after.mark) return after;
    this.#insertMark.run(due);
    return { ...after, mark: due };
  }
}
