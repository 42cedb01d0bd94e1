import { type DeadLetterCounts, failuresOf, type Health, type HeldStretch, receiptsAtRisk } from "@rsync/core";
import type { Engine } from "./engine.ts";
import type { LaneDriver } from "./lane-driver.ts";
import type { DeliveryFigures, SyncFigures } from "./metrics.ts";
import type { CacheFigures } from "./recent-syncs.ts";

/** How delivery to one region stands, and what was counted of it. */
export interface RegionMetrics {
  readonly regionId: string;
  readonly health: Health["kind"];
  /** Consecutive failures since the last success. */
  readonly failures: number;
  readonly requestsInFlight: number;
  /** Own receipts that it has not settled yet, at most. */
  readonly owed: number;
  /** Milliseconds by the wall clock since the oldest of them was accepted: a label (I6). `undefined` when nothing is owed. */
  readonly oldestOwedMs: number | undefined;
  /** Open dead letters of its present store. */
  readonly deadLetters: DeadLetterCounts;
  readonly delivery: DeliveryFigures;
}

/** What a manager counts since its start, and how things stand (DESIGN §16). Receipt ids appear nowhere. */
export interface ManagerMetrics {
  readonly syncs: SyncFigures;
  /** Submissions under way, their bytes, and those that wait for room. */
  readonly intake: { readonly receipts: number; readonly bytes: number; readonly waiting: number };
  readonly cache: CacheFigures;
  /** Rows of the own log, and how many of them were submitted here. */
  readonly store: { readonly rows: number; readonly own: number };
  /** In the order of the configuration. */
  readonly regions: readonly RegionMetrics[];
  /**
   * Own receipts that a quorum holds and that would fall under policy if this region vanished now, by region, the local one
   * included. Reckoned from cursors: what a region acknowledged beyond its cursor is not seen, what lies in its dead letters is
   * taken for held.
   */
  readonly atRisk: ReadonlyMap<string, number>;
}

/** Looks at the log, so it is for the rate of a scraper and not for every receipt. Rejects with `StoreError`. */
export async function managerMetrics(engine: Engine): Promise<ManagerMetrics> {
  const { metrics, intake, recent, lanes } = engine;
  const { store, config } = engine.around;
  return {
    syncs: metrics.syncs,
    intake: { ...intake.load, waiting: intake.waiting },
    cache: recent.figures,
    store: await store.count(),
    regions: await Promise.all(
      config.regions.map(({ regionId }) => regionMetrics(engine, regionId, lanes.get(regionId))),
    ),
    atRisk: receiptsAtRisk(config.policy, engine.regionIds, await stretches(engine)),
  };
}

async function regionMetrics(engine: Engine, regionId: string, lane: LaneDriver | undefined): Promise<RegionMetrics> {
  const { store } = engine.around;
  const position = lane?.cursor.position ?? 0;
  const owed = await store.countOwnAfter(position);
  return {
    regionId,
    health: lane?.health.kind ?? "healthy",
    failures: lane === undefined ? 0 : failuresOf(lane.health),
    requestsInFlight: lane?.inFlight ?? 0,
    owed,
    oldestOwedMs: owed === 0 ? undefined : await oldestOwedMs(engine, position),
    deadLetters: await store.countDeadLetters(regionId, engine.peers.storeOf(regionId)),
    delivery: engine.metrics.delivery(regionId).figures,
  };
}

async function oldestOwedMs({ around }: Engine, after: number): Promise<number | undefined> {
  const [oldest] = await around.store.list({ after, ownOnly: true, rowsMax: 1, bytesMax: 1 });
  if (oldest === undefined) return undefined;
  return Math.max(0, around.clock.wallMs() - Date.parse(oldest.record.timestamp));
}

/** Between two cursors the same regions have everything; the local one has all of it. */
async function stretches({ around, lanes }: Engine): Promise<readonly HeldStretch[]> {
  const cursors = [...lanes].map(([regionId, lane]) => ({ regionId, position: lane.cursor.position }));
  const ends = [...new Set(cursors.map(({ position }) => position))].sort((left, right) => left - right);
  const found: HeldStretch[] = [];
  let after = await around.store.countOwnAfter(0);
  for (const end of ends) {
    const beyond = await around.store.countOwnAfter(end);
    const holders = cursors.filter(({ position }) => position >= end).map(({ regionId }) => regionId);
    found.push({ receipts: after - beyond, holders: new Set([around.config.region, ...holders]) });
    after = beyond;
  }
  found.push({ receipts: after, holders: new Set([around.config.region]) });
  return found;
}
