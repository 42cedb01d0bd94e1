import { existsSync, renameSync } from "node:fs";
import { syncFolder } from "./sync-folder.ts";

/**
 * Renames a damaged log with its companions, so that nothing is lost of what could still be saved, and returns the new
 * name. `label` says when; a name already taken gets a number.
 */
export function setAside(path: string, label: string): string {
  const base = `${path}.damaged-${label}`;
  let target = base;
  for (let copy = 2; existsSync(target) || existsSync(`${target}-wal`); copy++) target = `${base}-${copy}`;
  for (const suffix of ["", "-wal", "-shm"]) {
    if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  }
  syncFolder(path);
  return target;
}
