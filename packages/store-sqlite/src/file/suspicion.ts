/**
 * Is the file under suspicion? A small file beside the log says that its last opening ended with damage or a failed write;
 * the next one then reads every row before it votes. It is a file, because a log that cannot be written cannot say so itself.
 */
import { closeSync, existsSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { syncFolder } from "./sync-folder.ts";

const nameOf = (path: string) => `${path}.suspect`;

export function isSuspect(path: string): boolean {
  return existsSync(nameOf(path));
}

/** Best effort: on a disk that takes nothing any more there is no place to say it. */
export function markSuspect(path: string, reason: string): void {
  try {
    const descriptor = openSync(nameOf(path), "w");
    try {
      writeSync(descriptor, `${reason}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    syncFolder(path);
  } catch {
    // The caller is already reporting the failure that brought us here.
  }
}

export function clearSuspicion(path: string): void {
  rmSync(nameOf(path), { force: true });
}
