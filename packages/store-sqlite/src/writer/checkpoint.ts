/**
 * When does the write-ahead log move into the file?
 *
 * SQLite's own automatic checkpoint ignores its errors, and a failed fsync must never be ignored: the kernel reports it once.
 * So it is off, and this decides. A passive checkpoint gets in nobody's way, but a log that is always being read somewhere
 * would never start anew: past a limit a checkpoint waits for readers, briefly. Our own statements are short; a backup tool
 * may read for minutes, and must not stop the writer.
 */
import type { DatabaseSync } from "node:sqlite";
import { prepareTuples } from "../row/prepare-tuples.ts";

/** In pages of 4 KiB. */
export interface CheckpointLimits {
  /** Moved from here on. Larger writes a page once that many rows changed; smaller recovers sooner and stalls for less. */
  readonly passivePages: number;
  /**
   * Or after so many commits that left at most `passivePagesOfCommits` to be moved. Small ones write the same few pages again and
   * again, so moving those costs little; and a log that starts anew is overwritten rather than made longer, which an fsync is done
   * with in half the time.
   */
  readonly passiveCommits: number;
  /** More than so many pages in so many commits are other pages each time, as with random ids: moving them early costs. */
  readonly passivePagesOfCommits: number;
  /** From here on the log must start anew. */
  readonly waitingPages: number;
  /** Asking how long the log is costs some microseconds, so it is asked after so many rows or commits. */
  readonly rowsBetweenLooks: number;
  readonly commitsBetweenLooks: number;
}

/** 32 and 64 MiB. With random ids, 8 MiB made appending half as fast as 32; recovery reads 32 MiB in about 50 ms. */
export const CHECKPOINT_LIMITS: CheckpointLimits = {
  passivePages: 8_000,
  passiveCommits: 250,
  passivePagesOfCommits: 1_250,
  waitingPages: 16_000,
  rowsBetweenLooks: 256,
  commitsBetweenLooks: 32,
};

const waitForReadersMs = 100;

/** Says that a transaction of so many rows was committed; checkpoints where it is time. Throws what SQLite throws. */
export type Checkpointer = (rows: number) => void;

export function createCheckpointer(database: DatabaseSync, limits: CheckpointLimits): Checkpointer {
  type Finding = readonly [busy: number, logPages: number, movedPages: number];
  // NOOP only looks; SQLite before 3.51 does not know it and makes a passive checkpoint, which is harmless.
  const look = prepareTuples<Finding>(database, "PRAGMA wal_checkpoint(NOOP)");
  const passive = prepareTuples<Finding>(database, "PRAGMA wal_checkpoint(PASSIVE)");
  const restart = prepareTuples<Finding>(database, "PRAGMA wal_checkpoint(RESTART)");
  const [usualTimeoutMs = 0] = prepareTuples<readonly [number]>(database, "PRAGMA busy_timeout").get() ?? [];
  let rows = 0;
  let commits = 0;
  let commitsSinceTried = 0;
  let waitingPages = limits.waitingPages;

  const startAnew = (logPages: number): void => {
    database.exec(`PRAGMA busy_timeout = ${waitForReadersMs}`);
    const [busy] = restart.get() ?? [1];
    database.exec(`PRAGMA busy_timeout = ${usualTimeoutMs}`);
    // Somebody reads for longer than that: tried again only after as much growth, or every commit would wait.
    waitingPages = busy === 0 ? limits.waitingPages : logPages + limits.passivePages;
  };

  return (rowsWritten) => {
    rows += rowsWritten;
    commits += 1;
    commitsSinceTried += 1;
    if (rows < limits.rowsBetweenLooks && commits < limits.commitsBetweenLooks) return;
    rows = 0;
    commits = 0;
    const [, logPages, movedPages] = look.get() ?? [0, 0, 0];
    const toMove = logPages - movedPages;
    const isSmall = commitsSinceTried >= limits.passiveCommits && toMove <= limits.passivePagesOfCommits;
    const isDue = toMove >= limits.passivePages || isSmall;
    if (logPages < waitingPages && !isDue) return;
    commitsSinceTried = 0;
    if (logPages >= waitingPages) startAnew(logPages);
    else passive.get();
  };
}
