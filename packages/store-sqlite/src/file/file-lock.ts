/**
 * Who may open the log? One process at a time, and once in it.
 *
 * The lock is an exclusive transaction on an empty SQLite file beside the log: the operating system frees it however the
 * process ends, kill -9 included, and SQLite sees to it that a second opening in the same process is refused too. The file
 * itself stays: removing it would let two processes lock two files of the same name.
 */
import { DatabaseSync } from "node:sqlite";
import { classifyProblem } from "./classify-problem.ts";
import { StoreProblemError } from "./store-problem.ts";

/** Frees the lock. */
export type FreeLock = () => void;

/** Takes the lock at once or throws `locked`; `no-access` where no file can be made beside the log. */
export function takeLock(path: string): FreeLock {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(`${path}.lock`, { timeout: 0 });
    // Without a journal: nothing is ever written, and no second file lies about.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database?.close();
    const problem = classifyProblem(error, path);
    if (problem.kind !== "locked") throw error;
    throw new StoreProblemError(
      "locked",
      `The receipt log ${path} is already open, in another process or in this one. Stop the other one, or give each its own file`,
      error,
    );
  }
  const held = database;
  return () => held.close();
}
