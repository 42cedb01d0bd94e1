import type { DatabaseSync } from "node:sqlite";
import type { AppendOutcome, WriteJob } from "../threads/messages.ts";
import { prepareIdentityChanges } from "./change-identity.ts";
import type { LogState } from "./log-state.ts";
import { type AppendCounters, prepareAppends } from "./write-appends.ts";
import { prepareSideJobs } from "./write-side-jobs.ts";

/** A check mark every so many rows: so many are read again when the log is opened. */
export const MARK_ROWS = 10_000;

/** What became of the jobs of one transaction: outcomes for each `append` job, nothing for the others. */
export type JobOutcomes = readonly (readonly AppendOutcome[])[];

/** The one that writes. */
export interface LogWriter {
  readonly state: () => LogState;
  /**
   * Does all jobs in one transaction, in order, and returns once it is committed and fsynced (I3). Throws what SQLite throws,
   * and then nothing of it has happened: positions and numbers are given out in the same transaction, so none is skipped.
   */
  readonly write: (jobs: readonly WriteJob[], recordedAt: string) => JobOutcomes;
}

export function createLogWriter(database: DatabaseSync, path: string, opened: LogState): LogWriter {
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const insertMark = database.prepare("INSERT INTO check_marks (position) VALUES (?)");
  const writeAppend = prepareAppends(database, path);
  const side = prepareSideJobs(database);
  const identity = prepareIdentityChanges(database);
  let state = opened;
  let renewed = false;

  const appendAll = (
    before: LogState,
    job: WriteJob & { kind: "append" },
    recordedAt: string,
    outcomes: AppendOutcome[],
  ): LogState => {
    const { regionId, storeId } = before.identity;
    const counters: AppendCounters = { regionId, storeId, position: before.position, ownSeq: before.ownSeq };
    for (const item of job.items) outcomes.push(writeAppend(counters, item, recordedAt));
    return { ...before, position: counters.position, ownSeq: counters.ownSeq };
  };

  const apply = (before: LogState, job: WriteJob, recordedAt: string, outcomes: AppendOutcome[]): LogState => {
    switch (job.kind) {
      case "append":
        return appendAll(before, job, recordedAt, outcomes);
      case "renew":
        // At most once per opening: a second finding of the same rollback is the same news.
        return renewed || before.identity.storeId !== state.identity.storeId ? before : identity.renew(before, job);
      case "startRefilling":
        return identity.startRefilling(before);
      case "acceptLoss":
        return identity.acceptLoss(before);
      case "bury":
        side.bury(job.letters);
        return before;
      case "savePeers":
        side.savePeers(job.peers);
        return before;
      case "saveCursors":
        side.saveCursors(job.cursors);
        return before;
    }
  };

  /** Marks only rows of earlier transactions: those are certainly on disk. */
  const mark = (after: LogState): LogState => {
    const due = Math.floor(state.position / MARK_ROWS) * MARK_ROWS;
    if (due <= after.mark) return after;
    insertMark.run(due);
    return { ...after, mark: due };
  };

  return {
    state: () => state,
    write: (jobs, recordedAt) => {
      let after = state;
      const all: AppendOutcome[][] = [];
      begin.run();
      try {
        for (const job of jobs) {
          const outcomes: AppendOutcome[] = [];
          after = apply(after, job, recordedAt, outcomes);
          all.push(outcomes);
        }
        after = mark(after);
        commit.run();
      } catch (error) {
        if (database.isTransaction) database.exec("ROLLBACK");
        throw error;
      }
      renewed ||= after.identity.storeId !== state.identity.storeId;
      state = after;
      return all;
    },
  };
}
