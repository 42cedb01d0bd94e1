/** Has every region what it is owed? Judged by the disks alone; what only a pull could bring is not owed yet. */
import type { LogRow, MemoryLog } from "@rsync/core";
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

/** Whether a region still hangs or stumbles over a receipt that `origin` has not set aside: until it has, that may look like trouble. */
export function isPoisonUnfound(world: World, origin: string, regionId: string): boolean {
  const log = world.site(origin).disk.log;
  const { poison } = world.injector.quirksOf(regionId);
  if (log === undefined || poison.size === 0) return false;
  return log
    .list({ after: 0, ownOnly: true, rowsMax: Infinity, bytesMax: Infinity })
    .some((row) => poison.has(row.record.receiptId) && !isBuried(world, log, regionId, row));
}

/** DESIGN §19: {@link restBoundMs}, and finding the poison in the backlog. */
export function convergenceBoundMs(world: World): number {
  return restBoundMs(world) + poisonMs(world);
}

/** 10 x `retryBackoffMax` + the longest rest in force + what the backlog takes. */
export function restBoundMs(world: World): number {
  const { options, injector, time } = world;
  const { cooldownMaxMs, pauseProbeMs } = options.laneLimits;
  const rest = Math.max(cooldownMaxMs, pauseProbeMs, 1_000, askedRestMs(injector.restUntilMs - time.nowMs));
  const underWay = 2 * options.regionTimeoutMs;
  const backlogMs = (backlogOf(world) + 10) * 2 * serviceMs(options);
  return 10 * options.retryBackoffMaxMs + rest + underWay + backlogMs;
}

/** A lane that has set its last poison apart asks whether the region is well when its rest is over. */
export function recoveryMs({ options }: World): number {
  const { regionTimeoutMs, retryBackoffMaxMs, laneLimits } = options;
  return 2 * regionTimeoutMs + retryBackoffMaxMs + laneLimits.cooldownMaxMs;
}

/** `Retry-After` is honoured up to five minutes. */
function askedRestMs(leftMs: number): number {
  return Math.min(Math.max(0, leftMs), 300_000);
}

/** Failures of requests that carry one poisonous receipt: before it is set apart, while it is looked for, and alone. */
const SUSPECTING = 6;
const STRIKES = 4;

/** Not committed, and committed. */
const ROWS_PER_ID = 2;

/** Each of them is followed by a rest, and by a sign that the region is well. */
function poisonMs({ options, injector, sites }: World): number {
  const { batchReceiptsMax, cooldownMaxMs } = options.laneLimits;
  const poisonous = Math.max(...[...sites.keys()].map((regionId) => injector.quirksOf(regionId).poison.size));
  const failures = SUSPECTING + Math.ceil(Math.log2(batchReceiptsMax)) + STRIKES;
  const eachMs = options.regionTimeoutMs + Math.max(cooldownMaxMs, options.retryBackoffMaxMs);
  return ROWS_PER_ID * poisonous * failures * eachMs;
}

/** Own rows of all regions. */
function backlogOf(world: World): number {
  let rows = 0;
  for (const { disk } of world.sites.values()) rows += disk.log?.count().own ?? 0;
  return rows;
}

function has(world: World, regionId: string, { record }: LogRow): boolean {
  return world.history(regionId).held(record);
}

/**
 * In the dead letters of the store that the region has now, and with reason: that region held other content, or it is poison,
 * which a checker of its own judges.
 */
function isBuried(world: World, origin: MemoryLog, regionId: string, { record }: LogRow): boolean {
  const storeId = world.site(regionId).disk.log?.introduction().store.storeId;
  const { receiptId, digest, committed } = record;
  const letters = origin.deadLetters({ regionId, receiptId, limit: Infinity });
  const letter = letters.find(
    (each) => each.storeId === storeId && each.digest === digest && each.committed === committed,
  );
  if (letter === undefined || letter.status === "resolved") return false;
  return letter.kind === "poison" || world.history(regionId).everHeldOther(record);
}
