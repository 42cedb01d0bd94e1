/** What does this configuration mean in the end: which losses hurt, and how long is retried? */
import { backoffMs } from "../lane/backoff.ts";
import { LOSS_REGIONS_MAX, lossSets } from "../quorum/loss-sets.ts";
import { policyRegions } from "../quorum/policy-regions.ts";
import { checkPolicy, type PolicyWarning } from "./check-policy.ts";
import type { Config } from "./config.ts";

/** At most this many sets are listed of each kind; `count` says how many there are. */
const setsListedMax = 100;

/** Sets of regions, the smallest first. */
export interface ListedSets {
  readonly count: number;
  /** The first 100 of them. */
  readonly sets: readonly (readonly string[])[];
}

/** What losses do; or that there are too many regions (more than 15 that vote) to try every set. */
export type LossExplanation =
  | {
      readonly kind: "analysed";
      /** Minimal sets whose loss, even for a while, blocks: nothing commits until one of them is back. */
      readonly blocksWrites: ListedSets;
      /**
       * Minimal sets whose loss for good could lose committed receipts: those that had not reached any other region yet.
       * They are the smallest quorums.
       */
      readonly couldLoseData: ListedSets;
    }
  | { readonly kind: "tooManyRegions"; readonly regionCount: number; readonly regionCountMax: number };

/** How one call's attempts at one region follow each other. */
export interface RetrySchedule {
  /** 1 + `maxRetries`. */
  readonly attemptsMax: number;
  /** The wait before each retry; with jitter the longest that it can be. */
  readonly delaysMs: readonly number[];
  readonly jitter: Config["retryJitter"];
  /** All waits together, without the time that attempts take. */
  readonly waitTotalMs: number;
}

/** A configuration, explained. */
export interface PolicyExplanation {
  readonly losses: LossExplanation;
  readonly retries: RetrySchedule;
  readonly warnings: readonly PolicyWarning[];
}

/** Explains what `config` survives and how it retries; made for `receipt-sync config explain`. */
export function explainPolicy(config: Config): PolicyExplanation {
  return { losses: explainLosses(config), retries: retrySchedule(config), warnings: checkPolicy(config) };
}

function explainLosses({ policy }: Config): LossExplanation {
  const sets = lossSets(policy);
  if (sets === undefined) {
    const regionCount = policyRegions(policy).length;
    return { kind: "tooManyRegions", regionCount, regionCountMax: LOSS_REGIONS_MAX };
  }
  return { kind: "analysed", blocksWrites: listed(sets.blocking), couldLoseData: listed(sets.quorums) };
}

function listed(sets: readonly (readonly string[])[]): ListedSets {
  return { count: sets.length, sets: sets.slice(0, setsListedMax) };
}

function retrySchedule(config: Config): RetrySchedule {
  const rules = { initialMs: config.retryBackoffInitialMs, maxMs: config.retryBackoffMaxMs, jitter: "none" } as const;
  const delaysMs = Array.from({ length: config.maxRetries }, (_, index) => backoffMs(rules, index + 1, 0));
  return {
    attemptsMax: config.maxRetries + 1,
    delaysMs,
    jitter: config.retryJitter,
    waitTotalMs: delaysMs.reduce((sum, delayMs) => sum + delayMs, 0),
  };
}
