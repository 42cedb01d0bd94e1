import { rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { type CostById, costsOf } from "./cost.ts";
import { measureEndToEnd } from "./end-to-end.ts";
import { fillRegions } from "./fill-regions.ts";
import { measureStore } from "./store-level.ts";

/** What one receipt costs when so many are there already. */
export interface LogGrowthFigures {
  readonly logReceipts: number;
  /** Microseconds in the store of one region, under load. */
  readonly store: CostById;
  /** The same until all three regions, each with so large a log, hold it. */
  readonly endToEnd: CostById;
}

export interface LogGrowthPlan {
  /** Sizes of the logs, the smallest one first. */
  readonly logGrowth: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
}

/** A log of one region with what its indexes take, and some room. */
const BYTES_PER_RECEIPT = 600;
const REGIONS_COUNT = 3;

/** Logs for which the disk has no room are left out. */
export async function measureLogGrowth(
  { logGrowth, rounds, seconds }: LogGrowthPlan,
  folder: string,
  progress: (line: string) => void,
): Promise<readonly LogGrowthFigures[]> {
  const folders = new Map<number, string>();
  for (const size of logGrowth.toSorted((left, right) => left - right)) {
    if (!(await hasRoom(folder, size))) {
      progress(`no room on the disk for three logs of ${size} receipts`);
      continue;
    }
    progress(`filling three logs with ${size} receipts each`);
    const own = join(folder, String(size));
    await fillRegions(own, size);
    folders.set(size, own);
  }
  progress("submitting to regions with logs of these sizes");
  const endToEnd = await measureEndToEnd(folders, { rounds, seconds });
  progress("appending to stores with logs of these sizes");
  const store = await measureStore(folders, { rounds, seconds });
  await rm(folder, { recursive: true });
  return [...folders.keys()].map((logReceipts) => ({
    logReceipts,
    store: costsOf(store, logReceipts),
    endToEnd: costsOf(endToEnd, logReceipts),
  }));
}

async function hasRoom(folder: string, receipts: number): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize > receipts * BYTES_PER_RECEIPT * REGIONS_COUNT;
}
