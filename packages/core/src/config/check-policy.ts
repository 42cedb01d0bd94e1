/**
 * What should an operator know about this policy before trusting it? Nothing here is refused; each warning is said at
 * load.
 */

import { LOSS_REGIONS_MAX, lossSets } from "../quorum/loss-sets.ts";
import type { QuorumPolicy } from "../quorum/policy.ts";
import { policyRegions } from "../quorum/policy-regions.ts";
import { verdict } from "../quorum/verdict.ts";
import type { Config } from "./config.ts";

/** A property of the policy that may surprise. `message` is for people, the rest for programs. */
export type PolicyWarning =
  | {
      /** Regions are configured, but sync is switched off: nothing is sent to them. */
      readonly kind: "syncDisabled";
      readonly message: string;
      readonly regionIds: readonly string[];
    }
  | {
      /** Two sets of regions, without a common one, both satisfy the policy. */
      readonly kind: "quorumsNeedNotOverlap";
      readonly message: string;
      readonly quorums: readonly [readonly string[], readonly string[]];
    }
  | {
      /** The local region satisfies the policy by itself. */
      readonly kind: "localRegionSuffices";
      readonly message: string;
      readonly regionId: string;
    }
  | {
      /** Without any one of these regions nothing commits. */
      readonly kind: "oneLossBlocks";
      readonly message: string;
      readonly regionIds: readonly string[];
    }
  | {
      /** These regions may vote on the seeds' evidence, which says nothing of durability, and can complete a quorum. */
      readonly kind: "unproven";
      readonly message: string;
      readonly regionIds: readonly string[];
    }
  | {
      /** Too many regions to try every set: whether quorums overlap is not known. */
      readonly kind: "notAnalysed";
      readonly message: string;
      readonly regionCount: number;
    };

/**
 * The warnings for a configuration; while sync is disabled only that it is. `provenRegionIds` are remote regions that have sent our
 * headers before and therefore can no longer vote as seed-style peers; none are known when a configuration is parsed.
 */
export function checkPolicy(
  config: Pick<Config, "region" | "regions" | "crossRegionSyncEnabled" | "policy" | "requireDurable">,
  provenRegionIds: ReadonlySet<string> = new Set(),
): readonly PolicyWarning[] {
  if (!config.crossRegionSyncEnabled) return disabledWarning(config.regions.map(({ regionId }) => regionId));
  return [
    ...overlapWarning(config.policy),
    ...localWarning(config),
    ...lossWarning(config.policy),
    ...unprovenWarning(config, provenRegionIds),
  ];
}

function disabledWarning(regionIds: readonly string[]): readonly PolicyWarning[] {
  const others =
    regionIds.length === 0
      ? "and no other region is configured"
      : `although ${regionIds.join(", ")} ${regionIds.length === 1 ? "is" : "are"} configured`;
  const message = `crossRegionSyncEnabled is false: receipts are stored in this region only, ${others}`;
  return [{ kind: "syncDisabled", message, regionIds }];
}

function overlapWarning(policy: QuorumPolicy): readonly PolicyWarning[] {
  const sets = lossSets(policy);
  if (sets === undefined) {
    const regionCount = policyRegions(policy).length;
    const message = `Whether any two quorums overlap was not checked: ${regionCount} regions vote, at most ${LOSS_REGIONS_MAX} are analysed`;
    return [{ kind: "notAnalysed", message, regionCount }];
  }
  if (sets.disjointQuorums === undefined) return [];
  const [left, right] = sets.disjointQuorums.map((regionIds) => regionIds.join(", "));
  const message = `Two quorums need not overlap (${left} and ${right}): different contents could commit under one id`;
  return [{ kind: "quorumsNeedNotOverlap", message, quorums: sets.disjointQuorums }];
}

function localWarning({ policy, region }: Pick<Config, "policy" | "region">): readonly PolicyWarning[] {
  if (!suffice(policy, (regionId) => regionId === region)) return [];
  const message = `The quorum is met without any remote region: committed means that ${region} alone holds the receipt`;
  return [{ kind: "localRegionSuffices", message, regionId: region }];
}

function lossWarning(policy: QuorumPolicy): readonly PolicyWarning[] {
  const needed = policyRegions(policy).filter((lost) => !suffice(policy, (regionId) => regionId !== lost));
  if (needed.length === 0) return [];
  const message = `The loss of one region already blocks: nothing commits without ${needed.join(" or without ")}`;
  return [{ kind: "oneLossBlocks", message, regionIds: needed }];
}

function unprovenWarning(
  { policy, regions, requireDurable }: Pick<Config, "policy" | "regions" | "requireDurable">,
  proven: ReadonlySet<string>,
): readonly PolicyWarning[] {
  if (!requireDurable) return [];
  const useful = new Set(lossSets(policy)?.quorums.flat() ?? policyRegions(policy));
  const regionIds = regions
    .filter(({ regionId, protocol }) => protocol === "auto" && useful.has(regionId) && !proven.has(regionId))
    .map(({ regionId }) => regionId);
  if (regionIds.length === 0) return [];
  const message =
    `Regions that have not proved durable storage can complete a quorum: ${regionIds.join(", ")}; ` +
    "each counts as a seed-style peer until it first sends our headers (protocol: strict demands them from the start)";
  return [{ kind: "unproven", message, regionIds }];
}

function suffice(policy: QuorumPolicy, confirms: (regionId: string) => boolean): boolean {
  return verdict(policy, (regionId) => (confirms(regionId) ? "confirmed" : "refused")) === "satisfied";
}
