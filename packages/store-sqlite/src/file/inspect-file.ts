/**
 * What lies at the log's path? Answered from the first bytes alone, before SQLite opens the file: opening would already
 * recover a journal, and a file that is not ours is left exactly as it is.
 *
 * Only called under the file lock: closing a descriptor frees every lock that this process holds on the file.
 */
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { APPLICATION_ID } from "./migrations.ts";
import { StoreProblemError } from "./store-problem.ts";

const headerBytes = 100;
const magic = "SQLite format 3\0";
const applicationIdOffset = 68;

/** `absent`: nothing, or an empty file. `orphaned`: the log is gone or empty, but its write-ahead log is there. */
export type FileFinding = "absent" | "orphaned" | "log";

export function inspectFile(path: string): FileFinding {
  const bytes = existsSync(path) ? statSync(path).size : 0;
  if (bytes === 0) return hasContent(`${path}-wal`) ? "orphaned" : "absent";
  const header = readHeader(path);
  if (header.length < headerBytes || header.toString("latin1", 0, magic.length) !== magic) {
    throw new StoreProblemError(
      "not-a-log",
      `${path} is no SQLite database, so no receipt log. It was left alone; choose another path. If it was a log, it is damaged beyond its first bytes: move it away, and the other regions refill a new one`,
    );
  }
  const applicationId = header.readUInt32BE(applicationIdOffset);
  if (applicationId !== APPLICATION_ID) {
    throw new StoreProblemError(
      "not-a-log",
      `${path} is a database of another application (application_id ${applicationId}). It was left alone; choose another path`,
    );
  }
  return "log";
}

function hasContent(path: string): boolean {
  return existsSync(path) && statSync(path).size > 0;
}

function readHeader(path: string): Buffer {
  const descriptor = openSync(path, "r");
  try {
    const header = Buffer.alloc(headerBytes);
    return header.subarray(0, readSync(descriptor, header, 0, headerBytes, 0));
  } finally {
    closeSync(descriptor);
  }
}
