import type { ProvenDurability } from "../evidence/acknowledgement.ts";
import type { Fault } from "../evidence/fault.ts";
import type { QuorumPolicy, Vote } from "../quorum/policy.ts";
import { policyRegions } from "../quorum/policy-regions.ts";
import { verdict } from "../quorum/verdict.ts";

/**
 * A tally counts what the regions said about one receipt state while somebody waits for it. Changed in place; it has one owner.
 *
 * - T1: only `confirmed` events make a vote, and each carries the store that gave it (I1).
 * - T2: a vote of a store that was replaced is taken back, unless the tally is decided already.
 * - T3: `refused` comes from refusals alone, never from silence or a timeout (I5).
 * - T4: once satisfied, a tally stays satisfied.
 */
export interface Tally {
  readonly rules: TallyRules;
  readonly regions: Map<string, RegionTally>;
  /** The regions that some policy looks at. */
  readonly voters: ReadonlySet<string>;
  /** Stores that were replaced since the wait began, each with its region: a vote of theirs that comes late is none. */
  readonly replaced: Set<string>;
  satisfied: boolean;
  timedOut: boolean;
}

/** What one call waits for. Fixed when the wait begins. */
export interface TallyRules {
  /** The configured policy, and with a per-call one also that: all of them must hold. */
  readonly policies: readonly QuorumPolicy[];
  readonly waitFor: "quorum" | "all";
  /** Every region that gets the receipt, observers and the local one included. */
  readonly regionIds: readonly string[];
}

/** What one region has said. */
export interface RegionTally {
  vote: Vote;
  /** The store that gave the vote. */
  storeId: string | undefined;
  durability: ProvenDurability | undefined;
  /** Requests that carried the receipt. */
  attempts: number;
  /** From the beginning of the wait to the vote. */
  latencyMs: number | undefined;
  /** Why there is no vote, as far as known: the last fault, or a sentence. */
  trouble: Trouble | undefined;
  /** Nothing more is to be expected of it while this call waits: attempts used up, lane closed, or an answer that is no vote. */
  done: boolean;
}

/** Why a region has not confirmed. */
export type Trouble =
  | { readonly kind: "fault"; readonly fault: Fault }
  /** It holds the receipt but may not vote. */
  | { readonly kind: "noVote"; readonly reason: "refilling" | "notDurable" }
  /** Asked, it does not hold the receipt, or holds a state short of the one asked for. */
  | { readonly kind: "absent" | "notCommitted" | "pruned" | "unknown" }
  /** It holds other content under this id. */
  | { readonly kind: "different"; readonly digest: string };

/** What a wait hears of, each about the receipt state that it waits for. */
export type TallyEvent =
  | {
      readonly kind: "confirmed";
      readonly regionId: string;
      readonly storeId: string;
      readonly durability: ProvenDurability;
      readonly atMs: number;
      /** Requests that carried the receipt, the one that was acknowledged included; none where it was only asked for. */
      readonly attempts?: number | undefined;
    }
  | { readonly kind: "refused"; readonly regionId: string; readonly storeId: string; readonly trouble: Trouble }
  /** An attempt failed; `done` when no further one will be waited for. */
  | {
      readonly kind: "failed";
      readonly regionId: string;
      readonly attempts: number;
      readonly trouble: Trouble;
      readonly done: boolean;
    }
  /** The region can give no vote for now, whatever it holds: its lane is open or paused, or its store does not vote. */
  | { readonly kind: "closed"; readonly regionId: string; readonly trouble: Trouble | undefined }
  /** Another store answers under the region's name; this one never counts again. */
  | { readonly kind: "storeReplaced"; readonly regionId: string; readonly storeId: string }
  /** The store does not vote for now, so what it said before does not count either; it may vote again. */
  | { readonly kind: "voteWithdrawn"; readonly regionId: string; readonly storeId: string }
  | { readonly kind: "timedOut" };

/** What a caller is told. `pending` is honest ignorance: delivery goes on (I2, I5). */
export type Outcome = "committed" | "pending" | "refused";

/** A tally in which no region has said anything yet. */
export function createTally(rules: TallyRules): Tally {
  const regions = new Map<string, RegionTally>();
  for (const regionId of rules.regionIds) regions.set(regionId, silentRegion());
  return { rules, regions, voters: votersOf(rules.policies), replaced: new Set(), satisfied: false, timedOut: false };
}

/** Nearly every wait has the policies of the configuration, so what they look at is found out once. */
const votersByPolicies = new WeakMap<readonly QuorumPolicy[], ReadonlySet<string>>();

function votersOf(policies: readonly QuorumPolicy[]): ReadonlySet<string> {
  const known = votersByPolicies.get(policies);
  if (known !== undefined) return known;
  const voters = new Set(policies.flatMap(policyRegions));
  votersByPolicies.set(policies, voters);
  return voters;
}

/** Takes one event in. `beganMs` is the moment from which latency counts. */
export function stepTally(tally: Tally, event: TallyEvent, beganMs: number): void {
  if (event.kind === "timedOut") {
    tally.timedOut = true;
    return;
  }
  const region = tally.regions.get(event.regionId);
  if (region === undefined) return;
  switch (event.kind) {
    case "confirmed":
      if (!mayVote(tally, region, event)) return;
      region.vote = "confirmed";
      region.storeId = event.storeId;
      region.durability = event.durability;
      region.attempts = Math.max(region.attempts, event.attempts ?? 0);
      region.latencyMs = event.atMs - beganMs;
      region.trouble = undefined;
      region.done = true;
      settle(tally);
      return;
    case "refused":
      if (!mayVote(tally, region, event)) return;
      region.vote = "refused";
      region.storeId = event.storeId;
      region.trouble = event.trouble;
      region.done = true;
      return;
    case "failed":
      region.attempts = Math.max(region.attempts, event.attempts);
      if (region.vote !== "waiting") return;
      region.trouble = event.trouble;
      region.done ||= event.done;
      return;
    case "closed":
      if (region.vote !== "waiting") return;
      region.trouble = event.trouble ?? region.trouble;
      region.done = true;
      return;
    case "storeReplaced":
      tally.replaced.add(storeKey(event));
      withdrawVote(tally, region, event);
      return;
    case "voteWithdrawn":
      withdrawVote(tally, region, event);
      return;
  }
}

/** T2, T4: the region is asked again, unless the tally is decided already. */
function withdrawVote(tally: Tally, region: RegionTally, store: { regionId: string; storeId: string }): void {
  if (region.storeId !== store.storeId || tally.satisfied) return;
  tally.regions.set(store.regionId, { ...silentRegion(), attempts: region.attempts });
}

/** What to tell the caller now; `undefined` while it is worth waiting. */
export function decide(tally: Tally): Outcome | undefined {
  const outcome = judge(tally);
  if (tally.timedOut) return outcome;
  const waiting = tally.rules.waitFor === "all" ? someRegionOpen(tally) : outcome === "pending" && someVoterOpen(tally);
  return waiting ? undefined : outcome;
}

/** The verdict of the votes so far, whether or not the call goes on waiting. */
export function judge(tally: Tally): Outcome {
  if (tally.satisfied) return "committed";
  const votes = votesOf(tally);
  return tally.rules.policies.some((policy) => verdict(policy, votes) === "unreachable") ? "refused" : "pending";
}

/** Not a store that was replaced (T2); and a confirmation stands against every other word, but for that of a newer store. */
function mayVote(tally: Tally, region: RegionTally, vote: { regionId: string; storeId: string }): boolean {
  // Nearly always none was: then no key is made.
  if (tally.replaced.size > 0 && tally.replaced.has(storeKey(vote))) return false;
  return region.vote !== "confirmed" || (region.storeId !== vote.storeId && !tally.satisfied);
}

function storeKey(vote: { readonly regionId: string; readonly storeId: string | undefined }): string {
  return `${vote.storeId}@${vote.regionId}`;
}

/** T1: no policy, no evidence to ask for, and so nothing committed. */
function settle(tally: Tally): void {
  const { policies } = tally.rules;
  if (tally.satisfied || policies.length === 0) return;
  const votes = votesOf(tally);
  tally.satisfied = policies.every((policy) => verdict(policy, votes) === "satisfied");
}

function votesOf(tally: Tally): (regionId: string) => Vote {
  return (regionId) => tally.regions.get(regionId)?.vote ?? "waiting";
}

function someRegionOpen(tally: Tally): boolean {
  for (const region of tally.regions.values()) if (region.vote === "waiting" && !region.done) return true;
  return false;
}

/** An observer's silence decides nothing, so nobody waits for it. */
function someVoterOpen(tally: Tally): boolean {
  for (const regionId of tally.voters) {
    const region = tally.regions.get(regionId);
    if (region !== undefined && region.vote === "waiting" && !region.done) return true;
  }
  return false;
}

function silentRegion(): RegionTally {
  return {
    vote: "waiting",
    storeId: undefined,
    durability: undefined,
    attempts: 0,
    latencyMs: undefined,
    trouble: undefined,
    done: false,
  };
}

/**
 * Takes over what another tally for the same state knows. Votes only: what another call waited for, or gave up on, is its own.
 * A tally that is satisfied may keep votes of stores that were replaced since; those are left behind (T2).
 */
export function inheritVotes(tally: Tally, known: Tally): void {
  for (const store of known.replaced) tally.replaced.add(store);
  for (const [regionId, region] of known.regions) {
    const own = tally.regions.get(regionId);
    if (own === undefined || own.vote !== "waiting" || region.vote === "waiting") continue;
    if (tally.replaced.has(storeKey({ regionId, storeId: region.storeId }))) continue;
    tally.regions.set(regionId, { ...region, latencyMs: region.vote === "confirmed" ? 0 : undefined });
  }
  settle(tally);
}
