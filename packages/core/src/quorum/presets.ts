/**
 * The quorums that people name, as policy trees: weight, majority, all, zones, groups, and both of two.
 *
 * Each preset takes the voters of the whole deployment, the local region like any other. Observers (weight 0) get every
 * receipt and stand in no tree. What may be asked of which regions is checked in `resolve-quorum.ts`; here it is built.
 */
import type { PolicyBranch, QuorumPolicy, ThresholdPolicy } from "./policy.ts";

/** A region as quorums see it. */
export interface Voter {
  readonly regionId: string;
  /** Integer; 0 is an observer. */
  readonly weight: number;
  /** Failure domain; undefined when none was given. */
  readonly zone: string | undefined;
}

/** The weight of all voters together. */
export function totalWeight(voters: readonly Voter[]): number {
  return voters.reduce((sum, voter) => sum + voter.weight, 0);
}

/** Regions that weigh at least `threshold` together: with weights of 1, `threshold` regions. */
export function weightPolicy(threshold: number, voters: readonly Voter[], label = "weight"): ThresholdPolicy {
  const of = voters.filter((voter) => voter.weight > 0).map((voter) => regionBranch(voter.regionId, voter.weight));
  return { kind: "threshold", label, threshold, of };
}

/** More than half of the weight, so that any two quorums overlap. */
export function majorityPolicy(voters: readonly Voter[]): ThresholdPolicy {
  return weightPolicy(Math.floor(totalWeight(voters) / 2) + 1, voters, "majority");
}

/** Every region that votes. */
export function allPolicy(voters: readonly Voter[]): ThresholdPolicy {
  return weightPolicy(totalWeight(voters), voters, "all");
}

/** Regions that weigh at least `threshold` together and stand in at least `minZones` different zones. */
export function zonesPolicy(threshold: number, minZones: number, voters: readonly Voter[]): ThresholdPolicy {
  return bothPolicies(weightPolicy(threshold, voters), spreadPolicy(minZones, voters), "weight and zones");
}

/** Satisfied when both are: one policy made of two. */
export function bothPolicies(left: QuorumPolicy, right: QuorumPolicy, label = "both"): ThresholdPolicy {
  const of = [left, right].map((policy) => ({ weight: 1, policy }));
  return { kind: "threshold", label, threshold: 2, of };
}

/** A branch for one region, `weight` votes heavy. */
export function regionBranch(regionId: string, weight: number): PolicyBranch {
  return { weight, policy: { kind: "region", regionId } };
}

/** At least `minZones` zones, where one region of a zone speaks for it, whatever its weight. */
function spreadPolicy(minZones: number, voters: readonly Voter[]): ThresholdPolicy {
  const regionsOfZone = new Map<string, PolicyBranch[]>();
  for (const { regionId, weight, zone } of voters) {
    if (weight === 0 || zone === undefined) continue;
    const regions = regionsOfZone.get(zone) ?? [];
    regions.push(regionBranch(regionId, 1));
    regionsOfZone.set(zone, regions);
  }
  const of = [...regionsOfZone].map(([zone, regions]): PolicyBranch => {
    return { weight: 1, policy: { kind: "threshold", label: `zone ${zone}`, threshold: 1, of: regions } };
  });
  return { kind: "threshold", label: "zones", threshold: minZones, of };
}
