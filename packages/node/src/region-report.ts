import {
  type Durability,
  describeFault,
  failuresOf,
  type Health,
  isAvailable,
  isSeedStyle,
  type RegionSyncStatus,
  type Vote,
  verdict,
  weigh,
} from "@rsync/core";
import type { Engine } from "./engine.ts";
import type { Greeting } from "./greetings.ts";
import type { LaneDriver } from "./lane-driver.ts";
import { savedCursor } from "./start-engine.ts";

/** What is known of one remote region: the seeds' status, and what an operator wants beside it. */
export interface RegionReport extends RegionSyncStatus {
  readonly endpoint: string;
  readonly weight: number;
  readonly health: Health["kind"];
  /** Why it is not healthy. */
  readonly trouble: string | undefined;
  /** Own receipts it has not settled yet, at most; 0 when it has everything. */
  readonly missing: number;
  /** Open dead letters of its current store. */
  readonly deadLetters: number;
  /** How many of them are poison: not refused, but parked, and tried again every hour. */
  readonly poison: number;
  /** The region name that it reports, where `regionId` is an alias. */
  readonly reportedRegion: string | undefined;
  readonly storeId: string | undefined;
  /** Two processes with two stores answer under its name. */
  readonly split: boolean;
  /** Its store does not vote until complete or the loss is accepted. */
  readonly refilling: boolean;
  /** It has never sent our headers: its confirmations prove no durability. */
  readonly unproven: boolean;
  readonly durability: Durability | undefined;
  /** Whether it has the same quorum policy; unknown until it said so, and where ids were made from legacy endpoints. */
  readonly samePolicy: boolean | undefined;
}

/** The report of every remote region, in the order of the configuration. */
export async function regionReports(
  engine: Engine,
  greetings: ReadonlyMap<string, Greeting>,
): Promise<readonly RegionReport[]> {
  const cursors = await engine.around.store.cursors();
  return Promise.all(
    engine.around.config.regions.map(async (region): Promise<RegionReport> => {
      const { regionId, endpoint, weight } = region;
      const { store } = engine.around;
      const lane = engine.lanes.get(regionId);
      const memory = engine.peers.memory(regionId);
      const greeting = greetings.get(regionId);
      const storeId = engine.peers.storeOf(regionId);
      const letters = await store.countDeadLetters(regionId, storeId);
      return {
        ...regionStatus(regionId, lane),
        endpoint,
        weight,
        health: lane?.health.kind ?? "healthy",
        trouble: lane === undefined || lane.health.kind === "healthy" ? undefined : describeFault(lane.health.fault),
        missing: await store.countOwnAfter(lane?.cursor.position ?? savedCursor(cursors, regionId, storeId)),
        deadLetters: letters.refused + letters.poison,
        poison: letters.poison,
        reportedRegion: memory.reportedRegion,
        storeId: memory.mark?.storeId,
        split: engine.peers.isSplit(regionId),
        refilling: engine.peers.isRefilling(regionId),
        unproven: isSeedStyle(memory) && memory.acknowledgedSeedStyle,
        durability: greeting?.description.durability,
        samePolicy:
          greeting === undefined || region.alias
            ? undefined
            : greeting.description.policyDigest === engine.policyDigest,
      };
    }),
  );
}

/** The seeds' status of one region. */
function regionStatus(regionId: string, lane: LaneDriver | undefined): RegionSyncStatus {
  const failureCount = lane === undefined ? 0 : failuresOf(lane.health);
  const lastSyncMs = lane?.lastSyncMs;
  return {
    regionId,
    lastSyncTimestamp: lastSyncMs === undefined ? undefined : Math.floor(lastSyncMs / 1_000),
    isAvailable: isAvailable(failureCount),
    failureCount,
  };
}

/** The seeds' health tuple: available remote regions, remote regions, and whether those with the local one could be a quorum. */
export function healthStatus(
  engine: Engine,
  greetings: ReadonlyMap<string, Greeting>,
): readonly [availableRegions: number, totalRegions: number, quorum: boolean] {
  const { config, store } = engine.around;
  const others = config.regions.filter(({ regionId }) => couldVote(engine, greetings, regionId));
  const voters = new Set(others.map(({ regionId }) => regionId));
  const isWorthAVote = weigh(store.durability, store.introduction().refilling, config).kind === "confirmed";
  if (isWorthAVote) voters.add(config.region);
  const vote = (regionId: string): Vote => (voters.has(regionId) ? "confirmed" : "waiting");
  return [others.length, config.regions.length, verdict(config.policy, vote) === "satisfied"];
}

/** As far as is known: what it said of its store when it was last met, and how it has fared since. */
function couldVote(
  { around, lanes, peers }: Engine,
  greetings: ReadonlyMap<string, Greeting>,
  regionId: string,
): boolean {
  const lane = lanes.get(regionId);
  const isReached =
    regionStatus(regionId, lane).isAvailable && lane?.health.kind !== "paused" && !peers.isAway(regionId);
  const durability = greetings.get(regionId)?.description.durability;
  const isInMemory = durability === "memory" && around.config.requireDurable;
  return isReached && !isInMemory && !peers.isRefilling(regionId);
}
