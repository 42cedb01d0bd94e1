/**
 * The configuration, before and after parsing.
 *
 * {@link ConfigInput} is what people write: in TypeScript, as a YAML or JSON file, or as `RSYNC_*` variables over it.
 * {@link Config} is what `parseConfig` makes of it: every default filled in, every duration in milliseconds, the quorum
 * resolved to a policy tree. Nothing downstream checks or defaults again.
 */
import type { QuorumPolicy } from "../quorum/policy.ts";

/** Whole milliseconds, or a number with a unit: `"500ms"`, `"5s"`, `"1.5m"`, `"2h"`. At most 2147483647 ms (24 days). */
export type Duration = number | string;

/** Whether a call waits for the quorum only, or for every region to answer or use up its attempts. */
export type WaitFor = "quorum" | "all";

/**
 * How a retry delay is spread: `none` is the exact schedule, `full` draws from 0 to the delay, `equal` from half the
 * delay to the delay.
 */
export type RetryJitter = "none" | "full" | "equal";

/**
 * Which evidence a remote region must give. `auto`: a region that has never sent our headers may answer as the seeds'
 * peers do. `strict`: full evidence or no vote.
 */
export type RegionProtocol = "auto" | "strict";

/** One remote region, as written. */
export interface RemoteRegionInput {
  /** 1 to 128 characters, none of them a control character; unique and not the local region. */
  readonly regionId: string;
  /** http(s) URL without credentials, query or fragment; a path prefix is kept. No two regions share one. */
  readonly endpoint: string;
  /** How long one attempt may take, over the whole exchange. Default `"5s"`; must be more than 0. */
  readonly timeout?: Duration | undefined;
  /** Votes that the region has: integer from 0 to 1000000. Default 1. 0 is an observer: it gets every receipt, never votes. */
  readonly weight?: number | undefined;
  /**
   * The order in which the regions' lanes hear of a new receipt, lower first. Each lane has a window of its own, so none waits
   * for another. Integer, default 0.
   */
  readonly priority?: number | undefined;
  /** Failure domain for `quorum.minZones`. Default none. */
  readonly zone?: string | undefined;
  /** Default `auto`. */
  readonly protocol?: RegionProtocol | undefined;
}

/** A weighted threshold that must also be spread over zones. */
export interface ZonesQuorumInput {
  /** Weight that must confirm, local included. */
  readonly threshold: number;
  /** Number of different zones that the confirming regions must come from. Every voting region then needs a zone. */
  readonly minZones: number;
}

/** A region inside a group. */
export interface QuorumMemberInput {
  readonly region: string;
  /** Votes inside this group; integer of at least 1. Default 1, whatever `regions[].weight` says. */
  readonly weight?: number | undefined;
}

/** A threshold over regions and other groups: "2 in the EU and 1 outside". */
export interface QuorumGroupInput {
  readonly threshold: number;
  readonly of: readonly (QuorumMemberInput | QuorumGroupInput)[];
  /** Votes of this group inside the group around it; integer of at least 1. Default 1. */
  readonly weight?: number | undefined;
  /** What explanations call the group. Default: its path. */
  readonly label?: string | undefined;
}

/** What may stand under `quorum`. */
export type QuorumInput = "majority" | "all" | ZonesQuorumInput | QuorumGroupInput;

/** The configuration as written. Unknown keys are problems, so that a typing error cannot pass for a default. */
export interface ConfigInput {
  /** The local region. Default `us-east-1`; 1 to 128 characters, none of them a control character. */
  readonly region?: string | undefined;
  /** The primary region of the deployment. Default none: then every region is its own primary. */
  readonly primaryRegion?: string | undefined;
  /** Default false: receipts are appended locally and delivered once sync is enabled. */
  readonly crossRegionSyncEnabled?: boolean | undefined;
  /** The other regions. Default none; at least one when sync is enabled. */
  readonly regions?: readonly RemoteRegionInput[] | undefined;
  /** Failure domain of the local region. Default none. */
  readonly localZone?: string | undefined;
  /** Votes of the local region: integer from 0 to 1000000. Default 1. */
  readonly localWeight?: number | undefined;
  /** Weight that must confirm, local included. Default 1. Not together with `quorum`. */
  readonly quorumThreshold?: number | undefined;
  /** A richer rule instead of `quorumThreshold`. Default none. */
  readonly quorum?: QuorumInput | undefined;
  /** Default `quorum`; also per call. */
  readonly waitFor?: WaitFor | undefined;
  /** How long one call waits at most. Default `"30s"`; also per call. Delivery goes on afterwards. */
  readonly timeout?: Duration | undefined;
  /** Retries after the first attempt that one call waits for: integer from 1 to 1000. Default 3, so 4 attempts. */
  readonly maxRetries?: number | undefined;
  /** Delay before the second attempt; doubles from there. Default `"1s"`. */
  readonly retryBackoffInitial?: Duration | undefined;
  /** Where doubling ends. Default `"4s"`, or `retryBackoffInitial` where that is longer. */
  readonly retryBackoffMax?: Duration | undefined;
  /** Default `none`: the seeds' exact 1 s, 2 s, 4 s, 4 s ... */
  readonly retryJitter?: RetryJitter | undefined;
  /** Whether confirmations from stores that only keep memory are left out of the count. Default true. */
  readonly requireDurable?: boolean | undefined;
}

/** One remote region, resolved. */
export interface RemoteRegionConfig {
  readonly regionId: string;
  /** Normalised: lower-case scheme and host, no default port, no trailing slash; the path prefix is kept. */
  readonly endpoint: string;
  readonly timeoutMs: number;
  /** 0 is an observer. */
  readonly weight: number;
  readonly priority: number;
  readonly zone: string | undefined;
  readonly protocol: RegionProtocol;
  /**
   * True when the id was made from a legacy endpoint: a local name only. The first region name that the peer reports is
   * pinned; an id that was written out must match what the peer reports.
   */
  readonly alias: boolean;
}

/** The configuration, fully defaulted and checked. Made by `parseConfig` alone. */
export interface Config {
  readonly region: string;
  readonly primaryRegion: string | undefined;
  readonly crossRegionSyncEnabled: boolean;
  readonly regions: readonly RemoteRegionConfig[];
  readonly localZone: string | undefined;
  readonly localWeight: number;
  /** The number as written or defaulted; undefined when `quorum` was given instead. */
  readonly quorumThreshold: number | undefined;
  /** What decides: the tree that `quorumThreshold` or `quorum` stands for, over the local and all remote regions. */
  readonly policy: QuorumPolicy;
  readonly waitFor: WaitFor;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly retryBackoffInitialMs: number;
  readonly retryBackoffMaxMs: number;
  readonly retryJitter: RetryJitter;
  readonly requireDurable: boolean;
}

/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** Where, such as `regions[1].endpoint`; the variable's name for a problem of the environment; empty for the whole. */
  readonly path: string;
  /** What is wrong and what would be right. */
  readonly message: string;
}
