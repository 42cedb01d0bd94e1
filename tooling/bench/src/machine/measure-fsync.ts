import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { median } from "../load/percentile.ts";

/** Milliseconds until 4 KiB are on disk: the floor under every durable commit. */
export interface FsyncCost {
  /** Written over what the file has already. */
  readonly overwriteMs: number;
  /** Added at the end, so that the file system must note its new size. */
  readonly appendMs: number;
}

const TIMES = 200;
const BYTES = 4096;

/** Medians of 200 writes each to a file in the folder. */
export function measureFsync(folder: string): FsyncCost {
  const file = openSync(join(folder, "fsync"), "w");
  try {
    const appendMs = medianOf((time) => write(file, time * BYTES));
    const overwriteMs = medianOf(() => write(file, 0));
    return { overwriteMs, appendMs };
  } finally {
    closeSync(file);
  }
}

function medianOf(run: (time: number) => void): number {
  const took = Array.from({ length: TIMES }, (_, time) => {
    const beganMs = performance.now();
    run(time);
    return performance.now() - beganMs;
  });
  return median(took);
}

function write(file: number, position: number): void {
  writeSync(file, Buffer.alloc(BYTES, 1), 0, BYTES, position);
  fsyncSync(file);
}
