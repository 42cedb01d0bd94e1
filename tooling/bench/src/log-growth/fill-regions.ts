import { constants } from "node:fs";
import { copyFile, mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { fillLog } from "../log-files/fill-log.ts";
import { REGIONS } from "../regions/region-names.ts";

/** Where the in-process contestant's region keeps its log. */
export function logOf(folder: string, regionId: string): string {
  return join(folder, regionId, "receipts.db");
}

/**
 * Gives each region the same log, of receipts that nobody is owed. One is filled, the others are copies: opened under another
 * region's name they become stores of their own.
 */
export async function fillRegions(folder: string, receipts: number): Promise<void> {
  for (const regionId of REGIONS) await mkdir(join(folder, regionId), { recursive: true });
  const [first, ...others] = REGIONS;
  const filled = logOf(folder, first);
  await fillLog(filled, first, receipts, "foreign");
  for (const regionId of others) {
    const copy = logOf(folder, regionId);
    await copyFile(filled, copy, constants.COPYFILE_FICLONE);
    await toDisk(copy);
  }
}

/** Otherwise the system writes it out while something is measured. */
async function toDisk(path: string): Promise<void> {
  const file = await open(path, "r+");
  await file.sync();
  await file.close();
}
