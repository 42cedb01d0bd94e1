/**
 * Which losses does a policy survive?
 *
 * Tries every set of confirming regions, so it is exact for any tree; the cost doubles with each region and is bounded
 * by {@link LOSS_REGIONS_MAX}.
 */
import type { QuorumPolicy } from "./policy.ts";
import { policyRegions } from "./policy-regions.ts";
import { verdict } from "./verdict.ts";

/** More voting regions than this are not analysed: 2^15 verdicts take some tens of milliseconds. */
export const LOSS_REGIONS_MAX = 15;

/** Minimal sets of regions: no member of a set can be left out of it. Smaller sets first. */
export type RegionSets = readonly (readonly string[])[];

/** What a policy needs and what it survives. */
export interface LossSets {
  /** Minimal quorums. If all of one is lost for good before others caught up, committed receipts may be lost with it. */
  readonly quorums: RegionSets;
  /** Minimal sets without which nothing commits. */
  readonly blocking: RegionSets;
  /** Two quorums without a common region, if there are such: then two contents may commit under one id. */
  readonly disjointQuorums: readonly [readonly string[], readonly string[]] | undefined;
}

/** The loss sets of `policy`; undefined when it asks more than {@link LOSS_REGIONS_MAX} regions. */
export function lossSets(policy: QuorumPolicy): LossSets | undefined {
  const regionIds = policyRegions(policy);
  if (regionIds.length > LOSS_REGIONS_MAX) return undefined;
  const everyone = 2 ** regionIds.length - 1;
  const allSets = Array.from({ length: everyone + 1 }, (_, set) => set);
  const isQuorum = allSets.map((set) => {
    const vote = (regionId: string) => (isOutside(set, regionIds.indexOf(regionId)) ? "refused" : "confirmed");
    return verdict(policy, vote) === "satisfied";
  });
  const names = (set: number) => regionIds.filter((_, index) => (set & (1 << index)) !== 0);
  const minimal = (belongs: (set: number) => boolean): RegionSets =>
    allSets
      .filter(
        (set) => belongs(set) && regionIds.every((_, index) => isOutside(set, index) || !belongs(set ^ (1 << index))),
      )
      .map(names)
      .sort((left, right) => left.length - right.length);
  const quorums = minimal((set) => isQuorum[set] === true);
  const first = isQuorum.findIndex((satisfied, set) => satisfied && isQuorum[everyone ^ set] === true);
  return {
    quorums,
    blocking: minimal((set) => isQuorum[everyone ^ set] !== true),
    disjointQuorums: first < 0 ? undefined : [names(first), names(everyone ^ first)],
  };
}

function isOutside(set: number, index: number): boolean {
  return (set & (1 << index)) === 0;
}
