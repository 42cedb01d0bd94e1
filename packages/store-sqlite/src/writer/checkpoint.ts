/**
 * When does the write-ahead log move into the file?
 *
 * SQLite's own automatic checkpoint ignores its errors, and a failed fsync must never be ignored: the kernel reports it once.
 * So it is off, and this decides. A passive checkpoint gets in nobody's way, but a log that is always being read somewhere
 * would never start anew: past the limit a checkpoint waits for the readers, whose statements are short.
 */
import type { DatabaseSync } from "node:sqlite";
import { prepareTuples } from "../row/read-rows.ts";

/** 4 KiB pages: 8 MiB. Larger writes fewer pages twice, smaller recovers sooner and stalls the writer for less. */
const passivePages = 2_000;
/** 48 MiB: with what one transaction adds, the log stays below the 64 MiB that are kept of it on disk. */
const waitingPages = 12_000;
/** Asking how long the log is costs some microseconds, so it is asked only now and then. */
const rowsBetweenLooks = 256;
const commitsBetweenLooks = 32;

/** Says that a transaction of so many rows was committed; checkpoints where it is time. Throws what SQLite throws. */
export type Checkpointer = (rows: number) => void;

export function createCheckpointer(database: DatabaseSync): Checkpointer {
  type Finding = readonly [busy: number, logPages: number, movedPages: number];
  // NOOP only looks; SQLite before 3.51 does not know it and makes a passive checkpoint, which is harmless.
  const look = prepareTuples<Finding>(database, "PRAGMA wal_checkpoint(NOOP)");
  const passive = prepareTuples<Finding>(database, "PRAGMA wal_checkpoint(PASSIVE)");
  const restart = prepareTuples<Finding>(database, "PRAGMA wal_checkpoint(RESTART)");
  let rows = 0;
  let commits = 0;
  return (rowsWritten) => {
    rows += rowsWritten;
    commits += 1;
    if (rows < rowsBetweenLooks && commits < commitsBetweenLooks) return;
    rows = 0;
    commits = 0;
    const [, logPages, movedPages] = look.get() ?? [0, 0, 0];
    if (logPages >= waitingPages) restart.get();
    else if (logPages - movedPages >= passivePages) passive.get();
  };
}
