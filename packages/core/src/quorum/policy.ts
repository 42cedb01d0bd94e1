/**
 * What a quorum is: a tree of regions and thresholds.
 *
 * Counting, weights, majorities, zones and groups are presets over these two constructors (see `presets.ts`), so that
 * one short function decides them all. A region of weight 0 is an observer and never appears in a tree.
 */

/** A single region: satisfied when that region confirms. */
export interface RegionPolicy {
  readonly kind: "region";
  readonly regionId: string;
}

/** Satisfied when the satisfied branches weigh at least `threshold` together. */
export interface ThresholdPolicy {
  readonly kind: "threshold";
  /** What people read in explanations, such as `majority` or `EU`; no decision looks at it. */
  readonly label: string;
  /** At least 1, at most the sum of the branch weights. */
  readonly threshold: number;
  readonly of: readonly PolicyBranch[];
}

/** A part of a threshold; `weight` is an integer of at least 1. */
export interface PolicyBranch {
  readonly weight: number;
  readonly policy: QuorumPolicy;
}

/** Which sets of regions must confirm before a receipt counts as committed. */
export type QuorumPolicy = RegionPolicy | ThresholdPolicy;

/** What one region has said so far about one receipt. `waiting` is no information, not a no. */
export type Vote = "confirmed" | "refused" | "waiting";

/** Tells the vote of a region; asked for each leaf of a policy. */
export type Votes = (regionId: string) => Vote;

/**
 * The answer that a policy gives to votes: `satisfied` already, `unreachable` even if everyone who is still waiting
 * confirms, or `pending`.
 */
export type Verdict = "satisfied" | "unreachable" | "pending";
