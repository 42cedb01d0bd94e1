/** Has every region what it is owed? Judged by the disks alone; what only a pull could bring is not owed yet. */
import type { LogRow, MemoryLog } from "@rsync/core";
import type { SimulationOptions } from "./options.ts";
import { serviceMs } from "./service-time.ts";
import type { World } from "./world.ts";

/** One receipt that one region still lacks, in words; nothing where all is delivered or buried. */
export function stillOwed(world: World): string | undefined {
  for (const [origin, { disk }] of world.sites) {
    const { log } = disk;
    if (log === undefined) return `${origin} has no store`;
    const rows = log.list({ after: 0, ownOnly: true, rowsMax: Infinity, bytesMax: Infinity });
    for (const { regionId } of world.options.voters) {
      if (regionId === origin) continue;
      const lacking = rows.find((row) => !has(world, regionId, row) && !isBuried(world, log, regionId, row));
      if (lacking !== undefined) return `${lacking.record.receiptId} of ${origin} is not at ${regionId}`;
    }
  }
  return undefined;
}

/** DESIGN §19: 10 x `retryBackoffMax` + the longest rest in force + what the backlog takes. */
export function convergenceBoundMs(options: SimulationOptions, backlogRows: number): number {
  const { cooldownMaxMs, pauseProbeMs } = options.laneLimits;
  const rest = Math.max(cooldownMaxMs, pauseProbeMs, 1_000);
  const underWay = 2 * options.regionTimeoutMs;
  return 10 * options.retryBackoffMaxMs + rest + underWay + (backlogRows + 10) * 2 * serviceMs(options);
}

/** Own rows of all regions. */
export function backlogOf(world: World): number {
  let rows = 0;
  for (const { disk } of world.sites.values()) rows += disk.log?.count().own ?? 0;
  return rows;
}

function has(world: World, regionId: string, { record }: LogRow): boolean {
  return world.history(regionId).held(record);
}

/** In the dead letters of the store that the region has now, and with reason: that region held other content. */
function isBuried(world: World, origin: MemoryLog, regionId: string, { record }: LogRow): boolean {
  const storeId = world.site(regionId).disk.log?.introduction().store.storeId;
  const { receiptId, digest, committed } = record;
  const letters = origin.deadLetters({ regionId, receiptId, limit: Infinity });
  const named = letters.some(
    (letter) => letter.storeId === storeId && letter.digest === digest && letter.committed === committed,
  );
  return named && world.history(regionId).everHeldOther(record);
}
