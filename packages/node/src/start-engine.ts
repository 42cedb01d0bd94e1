import { type Cursor, configVoters, type LaneRules } from "@rsync/core";
import { policyDigest } from "./digest.ts";
import type { Engine } from "./engine.ts";
import { StillOwedError } from "./errors.ts";
import { Exchange } from "./exchange.ts";
import { LaneDriver } from "./lane-driver.ts";
import { OwnStore } from "./own-store.ts";
import type { Surroundings } from "./parts.ts";
import { type PeerListener, PeerRegistry } from "./peer-registry.ts";
import { Questions } from "./question.ts";
import type { Waits } from "./waits.ts";

/** An open lane must not come before a call has had its own retries (DESIGN §8). */
const OPEN_AFTER_FAILURES_MIN = 5;

const READ_RETRY_MS = 1_000;

/** Bytes of one request's receipts. One receipt is never larger. */
const REQUEST_BYTES_MAX = 1024 * 1024;

export interface EngineStart {
  readonly around: Surroundings;
  readonly waits: Waits;
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

/** Everything that may fail is done; `install` puts it into force, in one go, from the cursors given. */
export interface PreparedEngine {
  readonly install: (cursors: readonly Cursor[]) => StartedEngine;
}

/** Makes the running parts for a configuration, with what the log remembers of its regions. */
export async function startEngine(start: EngineStart): Promise<PreparedEngine> {
  const { around, waits, lanes, signal } = start;
  const { store, config } = around;
  await refuseForgottenRegions(start, await store.cursors());
  const peers = new PeerRegistry(around, await store.peers(), start.listener);
  const ownStore = new OwnStore(around, (storeId) => {
    const regionId = config.region;
    waits.tellAll({ kind: "voteWithdrawn", regionId, storeId });
    waits.tellAll({ kind: "closed", regionId, trouble: { kind: "noVote", reason: "refilling" } });
  });
  const exchange = new Exchange(around, peers, ownStore);
  const engine: Engine = {
    around,
    peers,
    exchange,
    waits,
    questions: new Questions(around, exchange, peers),
    asking: new WeakSet(),
    lanes,
    laneRules: laneRules(around),
    policyDigest: policyDigest(config.policy, configVoters(config)),
    regionIds: [config.region, ...config.regions.map(({ regionId }) => regionId)],
    signal,
  };
  return {
    install: (cursors) => {
      installLanes(start, engine, cursors);
      return { engine, ownStore };
    },
  };
}

/** The position up to which a region's store is known to have everything; 0 for a store that is new here. */
export function savedCursor(cursors: readonly Cursor[], regionId: string, storeId: string): number {
  return cursors.find((cursor) => cursor.regionId === regionId && cursor.storeId === storeId)?.position ?? 0;
}

/** Lower priority numbers first: when a receipt comes in, the lanes hear of it in this order (DESIGN §5). */
function installLanes(start: EngineStart, engine: Engine, cursors: readonly Cursor[]): void {
  const { around, waits, lanes, signal, cursorMoved } = start;
  const { exchange, peers, laneRules: rules } = engine;
  lanes.clear();
  if (!around.config.crossRegionSyncEnabled) return;
  for (const region of around.config.regions.toSorted((left, right) => left.priority - right.priority)) {
    const storeId = peers.storeOf(region.regionId);
    const cursor = savedCursor(cursors, region.regionId, storeId);
    const lane = { around, exchange, peers, waits, rules, signal, cursorMoved };
    lanes.set(region.regionId, new LaneDriver(region, storeId, cursor, lane));
  }
}

/** I2: leaving a region out that is still owed receipts needs somebody who says so. */
async function refuseForgottenRegions({ around, abandon }: EngineStart, cursors: readonly Cursor[]): Promise<void> {
  const { config, store } = around;
  const forgiven = new Set([...abandon, ...config.regions.map(({ regionId }) => regionId)]);
  const furthest = new Map<string, number>();
  for (const { regionId, position } of cursors) {
    furthest.set(regionId, Math.max(furthest.get(regionId) ?? 0, position));
  }
  for (const [regionId, position] of furthest) {
    if (forgiven.has(regionId)) continue;
    const owed = await store.countOwnAfter(position);
    if (owed > 0) throw new StillOwedError(regionId, owed);
  }
}

function laneRules({ config, laneLimits }: Surroundings): LaneRules {
  const { retryBackoffInitialMs, retryBackoffMaxMs, retryJitter, maxRetries } = config;
  return {
    ...laneLimits,
    backoff: { initialMs: retryBackoffInitialMs, maxMs: retryBackoffMaxMs, jitter: retryJitter },
    openAfterFailures: Math.max(OPEN_AFTER_FAILURES_MIN, maxRetries + 2),
    maxRetries,
    receiptsPerRequestMax: 1,
    requestBytesMax: REQUEST_BYTES_MAX,
    readRetryMs: READ_RETRY_MS,
  };
}
