import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { AppendOutcomes } from "../threads/append-messages.ts";
import type { JobOutcomes, SideJob, WriteJob } from "../threads/messages.ts";
import { type IdentityWriter, prepareIdentityChanges } from "./change-identity.ts";
import type { LogState } from "./log-state.ts";
import { type AppendCounters, type AppendWriter, prepareAppends } from "./write-appends.ts";
import { prepareSideJobs, type SideWriter } from "./write-side-jobs.ts";

/** A check mark every so many rows: about so many are read again when the log is opened. */
const MARK_ROWS = 10_000;

/** The one that writes. */
export class LogWriter {
  readonly #database: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #insertMark: StatementSync;
  readonly #appends: AppendWriter;
  readonly #side: SideWriter;
  readonly #identity: IdentityWriter;
  readonly #storeIdAtOpening: string;
  #state: LogState;

  constructor(database: DatabaseSync, path: string, opened: LogState) {
    this.#database = database;
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
    this.#insertMark = database.prepare("INSERT INTO check_marks (position) VALUES (?)");
    this.#appends = prepareAppends(database, path);
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
  write(jobs: readonly WriteJob[], recordedAt: string): JobOutcomes {
    let after = this.#state;
    const all: (AppendOutcomes | undefined)[] = [];
    this.#begin.run();
    try {
      for (const job of jobs) {
        if (job.kind === "append") {
          const { regionId, storeId } = after.identity;
          const counters: AppendCounters = { regionId, storeId, position: after.position, ownSeq: after.ownSeq };
          all.push(this.#appends.write(counters, job.runs, recordedAt));
          after = { ...after, position: counters.position, ownSeq: counters.ownSeq };
        } else {
          after = this.#apply(after, job);
          all.push(undefined);
        }
      }
      this.#appends.finish();
      after = this.#mark(after);
      this.#commit.run();
    } catch (error) {
      this.#appends.forget();
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
    this.#state = after;
    return all;
  }

  #apply(before: LogState, job: SideJob): LogState {
    switch (job.kind) {
      case "renew": {
        // At most once per opening: finding the same rollback a second time is the same news.
        const renewed = before.identity.storeId !== this.#storeIdAtOpening;
        return renewed ? before : this.#identity.renew(before, job);
      }
      case "startRefilling":
        return this.#identity.startRefilling(before, job);
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
