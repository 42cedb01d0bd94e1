import { type Cursor, configVoters, type LaneRules, type PeerMemory, SEED_STYLE_STORE, unknownPeer } from "@rsync/core";
import { policyDigest } from "./digest.ts";
import type { Engine } from "./engine.ts";
import { StillOwedError } from "./errors.ts";
import { Exchange } from "./exchange.ts";
import type { Intake } from "./intake.ts";
import { LaneDriver } from "./lane-driver.ts";
import type { Metrics } from "./metrics.ts";
import { OwnStore } from "./own-store.ts";
import type { Surroundings } from "./parts.ts";
import { type PeerListener, PeerRegistry } from "./peer-registry.ts";
import { Questions } from "./question.ts";
import type { RecentSyncs } from "./recent-syncs.ts";
import { Turns } from "./turns.ts";
import type { Waits } from "./waits.ts";

/** An open lane must not come before a call has had its own retries (DESIGN §8). */
const OPEN_AFTER_FAILURES_MIN = 5;

const READ_RETRY_MS = 1_000;

/** An examination must not come before a call has had its own retries (DESIGN §8, Poison). */
const SUSPECT_AFTER_FAILURES_MIN = 3;

/** A region that knows no batches is offered one again so much later: it may have been replaced by a newer version. */
const BATCH_RETRY_MS = 600_000;

/** What a backlog request may take beyond twice the shortest round trip before it is made smaller. */
const BACKLOG_DELAY_MS = 100;

/** At most 50,000 a second to each region: with two cores for everything, more of them would more than double what live receipts wait. */
const BESIDE_LIVE_REST_MS = 0.02;

/** On a loopback and between neighbours a request is answered in about this time; between continents it is lost in the noise. */
const GATHER_MS = 2;

export interface EngineStart {
  readonly around: Surroundings;
  readonly waits: Waits;
  readonly intake: Intake;
  readonly recent: RecentSyncs;
  readonly metrics: Metrics;
  /** The lanes in force; `install` puts those of this configuration in their place. */
  readonly lanes: Map<string, LaneDriver>;
  readonly signal: AbortSignal;
  readonly cursorMoved: () => void;
  readonly listener: PeerListener;
  readonly abandon: readonly string[];
}

export interface StartedEngine {
  readonly engine: Engine;
  readonly ownStore: OwnStore;
}

/** Everything that may fail is done. */
export interface PreparedEngine {
  /** What the log remembers of deliveries. */
  readonly cursors: readonly Cursor[];
  /** Puts it into force, in one go: lanes from the cursors given, regions as the registry in force knows them. */
  readonly install: (cursors: readonly Cursor[], peersBefore: PeerRegistry | undefined) => StartedEngine;
}

/** Makes the running parts for a configuration, with what the log remembers of its regions. */
export async function startEngine(start: EngineStart): Promise<PreparedEngine> {
  const { store } = start.around;
  const cursors = await store.cursors();
  const before = await store.peers();
  await refuseForgottenRegions(start, cursors, before);
  const remembered = await rememberWhoIsConfigured(start, before);
  return {
    cursors,
    install: (latest, peersBefore) => {
      const peers = new PeerRegistry(start.around, remembered, start.listener, peersBefore);
      const started = engineOf(start, peers);
      installLanes(start, started.engine, latest);
      return started;
    },
  };
}

function engineOf({ around, lanes, signal, listener, ...shared }: EngineStart, peers: PeerRegistry): StartedEngine {
  const { config } = around;
  const regionId = config.region;
  const ownStore = new OwnStore(
    around,
    (storeId) => {
      shared.waits.withdraw(regionId, storeId);
      shared.recent.forget();
      listener.ownStoreChanged();
    },
    (storeId) => peers.ownerOf(storeId),
  );
  const exchange = new Exchange(around, peers, ownStore);
  const engine: Engine = {
    around,
    peers,
    exchange,
    waits: shared.waits,
    intake: shared.intake,
    recent: shared.recent,
    metrics: shared.metrics,
    questions: new Questions(around, exchange, peers),
    asking: new WeakSet(),
    lanes,
    laneRules: laneRules(around),
    policyDigest: policyDigest(config.policy, configVoters(config)),
    regionIds: [regionId, ...config.regions.map((region) => region.regionId)],
    signal,
  };
  return { engine, ownStore };
}

/** The position up to which a region's store is known to have everything; 0 for a store that is new here. */
export function savedCursor(cursors: readonly Cursor[], regionId: string, storeId: string): number {
  return cursors.find((cursor) => cursor.regionId === regionId && cursor.storeId === storeId)?.position ?? 0;
}

/** Lower priority numbers first: when a receipt comes in, the lanes hear of it in this order (DESIGN §5). */
function installLanes(start: EngineStart, engine: Engine, cursors: readonly Cursor[]): void {
  const { around, waits, metrics, lanes, signal, cursorMoved } = start;
  const { exchange, peers, laneRules: rules } = engine;
  const before = new Map(lanes);
  const turns = new Turns(lanes, () => around.laneLimits);
  lanes.clear();
  if (!around.config.crossRegionSyncEnabled) return;
  for (const region of around.config.regions.toSorted((left, right) => left.priority - right.priority)) {
    const storeId = peers.storeOf(region.regionId);
    const cursor = savedCursor(cursors, region.regionId, storeId);
    const meter = metrics.delivery(region.regionId);
    const lane = { around, exchange, peers, waits, rules, turns, meter, signal, cursorMoved };
    lanes.set(region.regionId, new LaneDriver(region, storeId, cursor, lane, before.get(region.regionId)?.lastSyncMs));
  }
}

/** I2: leaving a region out that is still owed receipts needs somebody who says so. What a replaced store had does not count. */
async function refuseForgottenRegions(
  { around, abandon }: EngineStart,
  cursors: readonly Cursor[],
  remembered: readonly PeerMemory[],
): Promise<void> {
  const { config, store } = around;
  const forgiven = new Set([...abandon, ...config.regions.map(({ regionId }) => regionId)]);
  for (const { regionId, mark, leftOut } of remembered) {
    if (forgiven.has(regionId) || leftOut === true) continue;
    const storeId = mark?.storeId ?? SEED_STYLE_STORE;
    const owed = await store.countOwnAfter(savedCursor(cursors, regionId, storeId));
    if (owed > 0) throw new StillOwedError(regionId, owed);
  }
}

/**
 * Durable before anything is sent: a region that was configured once is owed everything, whatever a crash takes of its cursor.
 * One that was rightly left out is owed nothing of what comes while it is.
 */
async function rememberWhoIsConfigured(
  { around }: EngineStart,
  remembered: readonly PeerMemory[],
): Promise<readonly PeerMemory[]> {
  const { config, store } = around;
  const configured = new Set(config.regions.map(({ regionId }) => regionId));
  const known = new Set(remembered.map(({ regionId }) => regionId));
  const added = [...configured].filter((regionId) => !known.has(regionId)).map(unknownPeer);
  const memories = [...remembered, ...added].map((memory) => {
    const leftOut = !configured.has(memory.regionId);
    return leftOut === (memory.leftOut ?? false) ? memory : { ...memory, leftOut };
  });
  const news = memories.filter((memory) => !remembered.includes(memory));
  if (news.length > 0) await store.savePeers(news);
  return memories;
}

function laneRules({ config, laneLimits, transport }: Surroundings): LaneRules {
  const { retryBackoffInitialMs, retryBackoffMaxMs, retryJitter, maxRetries } = config;
  const { batchReceiptsMax, batchBytesMax, windowMax, singlesWindowMax } = laneLimits;
  const batches = transport.sendBatch !== undefined;
  return {
    ...laneLimits,
    windowMax: batches ? windowMax : singlesWindowMax,
    backoff: { initialMs: retryBackoffInitialMs, maxMs: retryBackoffMaxMs, jitter: retryJitter },
    openAfterFailures: Math.max(OPEN_AFTER_FAILURES_MIN, maxRetries + 2),
    suspectAfterFailures: Math.max(SUSPECT_AFTER_FAILURES_MIN, maxRetries + 1),
    maxRetries,
    receiptsPerRequestMax: batches ? batchReceiptsMax : 1,
    requestBytesMax: batchBytesMax,
    gatherMs: GATHER_MS,
    batchRetryMs: BATCH_RETRY_MS,
    backlogDelayMs: BACKLOG_DELAY_MS,
    besideLiveRestMs: BESIDE_LIVE_REST_MS,
    readRetryMs: READ_RETRY_MS,
  };
}
