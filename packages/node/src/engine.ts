import type { LaneRules } from "@rsync/core";
import type { Exchange } from "./exchange.ts";
import type { Intake } from "./intake.ts";
import type { LaneDriver } from "./lane-driver.ts";
import type { Metrics } from "./metrics.ts";
import type { Surroundings } from "./parts.ts";
import type { PeerRegistry } from "./peer-registry.ts";
import type { Questions } from "./question.ts";
import type { RecentSyncs } from "./recent-syncs.ts";
import type { Waits } from "./waits.ts";

/** The running parts of a manager, as its procedures see them. */
export interface Engine {
  readonly around: Surroundings;
  readonly peers: PeerRegistry;
  readonly exchange: Exchange;
  readonly waits: Waits;
  readonly intake: Intake;
  readonly recent: RecentSyncs;
  readonly metrics: Metrics;
  readonly questions: Questions;
  /** States that regions are being asked about, each by the signal that ends it. */
  readonly asking: WeakSet<AbortSignal>;
  /** By region id; empty while sync is disabled. */
  readonly lanes: ReadonlyMap<string, LaneDriver>;
  readonly laneRules: LaneRules;
  /** SHA-256 of the policy in force. */
  readonly policyDigest: string;
  /** Every region that gets receipts, the local one first. */
  readonly regionIds: readonly string[];
  /** Aborted when the manager gives up what is in flight. */
  readonly signal: AbortSignal;
}
