/** One simulation, spelled out. Drawn from a seed, or written by hand where somebody has a deployment of their own in mind. */
import type { QuorumInput } from "@rsync/core";
import type { DiskSpeed } from "./disk/store-host.ts";
import type { Range } from "./draw.ts";
import type { FaultKind } from "./faults/fault-kind.ts";
import type { SimulatedLaneLimits } from "./process/simulated-process.ts";

/** One region of a simulated deployment, as its policy sees it. */
export interface SimulatedRegion {
  readonly regionId: string;
  /** 0 is an observer. */
  readonly weight: number;
  readonly zone: string | undefined;
  /** Lower is sent first where requests are short. */
  readonly priority: number;
}

/** What a quorum stands on: the rule as people write it, and who votes. */
export interface QuorumRule {
  readonly quorum: QuorumInput | number;
  readonly voters: readonly SimulatedRegion[];
}

/** Everything that is drawn from a seed before a run begins: deployment, patience, limits, faults and work. */
export interface SimulationOptions extends QuorumRule {
  readonly waitFor: "quorum" | "all";
  /** How long a call waits at most. */
  readonly timeoutMs: number;
  /** How long one attempt may take. */
  readonly regionTimeoutMs: number;
  readonly maxRetries: number;
  readonly retryBackoffInitialMs: number;
  readonly retryBackoffMaxMs: number;
  readonly retryJitter: "none" | "full" | "equal";
  readonly protocol: "auto" | "strict";
  readonly laneLimits: SimulatedLaneLimits;
  /** Committed states that a process remembers. */
  readonly recentReceiptsMax: number;
  readonly diskSpeed: DiskSpeed;
  /** One way, between two regions; each pair draws its own. */
  readonly latencyMs: Range;
  /** How often each kind of fault comes, in times per virtual minute; a kind that is not named is off. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  /** Regions whose version takes one receipt per request, now and for ever. */
  readonly singlesOnly: readonly string[];
  /** Regions that faults may strike. Where the others are a quorum by themselves, they must not notice (I9). */
  readonly frail: readonly string[];
  /** How long the first phase lasts, in which anything may fail. */
  readonly faultsMs: number;
  /** Calls of the workload during the first phase. */
  readonly calls: number;
  /** So many receipts may be submitted at one instant. */
  readonly burstMax: number;
  /** How long nothing happens once all is delivered, before the last receipts are submitted. */
  readonly calmMs: number;
  /** Once things heal, operators replay dead letters; else poison is left to be tried again by itself during the calm. */
  readonly replays: boolean;
  /** How the calls are mixed; each weighs against the others. */
  readonly workload: Readonly<Record<WorkKind, number>>;
}

/** What services and operators do. */
export type WorkKind =
  | "submit"
  | "again"
  | "upgrade"
  | "stale"
  | "elsewhere"
  | "otherContent"
  | "twins"
  | "await"
  | "verify"
  | "inspect"
  | "status"
  | "letters"
  | "replay"
  | "discard"
  | "acceptLoss";
