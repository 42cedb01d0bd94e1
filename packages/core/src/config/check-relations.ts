/**
 * Do the keys of a configuration go together?
 *
 * Looks at a draft, in which every value that is wrong by itself is absent, so that one typing error does not hide the
 * other problems: each rule is checked as soon as the values that it needs are there. Whether a quorum can be met is
 * asked only while sync is enabled, as in the seeds: a deployment may switch sync off and take its regions out.
 */

import type { Voter } from "../quorum/presets.ts";
import { resolveQuorum } from "../quorum/resolve-quorum.ts";
import type { ConfigProblem } from "./config.ts";
import type { DraftConfig, DraftRegion } from "./draft-config.ts";
import { quorumThresholdDefault } from "./schema.ts";

/** Every broken rule between keys, each at the key that should change. */
export function checkRelations(draft: DraftConfig): readonly ConfigProblem[] {
  return [
    ...checkRegionsPresent(draft),
    ...checkRegionIds(draft),
    ...checkEndpoints(draft.regions ?? []),
    ...checkQuorum(draft),
    ...checkBackoff(draft),
  ];
}

function checkRegionsPresent({ crossRegionSyncEnabled, regions }: DraftConfig): readonly ConfigProblem[] {
  if (crossRegionSyncEnabled !== true || regions === undefined || regions.length > 0) return [];
  return [{ path: "regions", message: "Cross-region sync enabled but no remote regions configured" }];
}

function checkRegionIds({ region, regions = [] }: DraftConfig): readonly ConfigProblem[] {
  const seen = new Set<string>();
  return regions.flatMap(({ regionId }, index) => {
    if (regionId === undefined) return [];
    const path = `regions[${index}].regionId`;
    if (regionId === region) return [{ path, message: `Region ID ${regionId} is the local region` }];
    if (seen.has(regionId)) return [{ path, message: `Region ID ${regionId} is used by another region` }];
    seen.add(regionId);
    return [];
  });
}

function checkEndpoints(regions: readonly DraftRegion[]): readonly ConfigProblem[] {
  const firstAt = new Map<string, number>();
  return regions.flatMap(({ regionId, endpoint }, index) => {
    if (endpoint === undefined) return [];
    const first = firstAt.get(endpoint);
    if (first === undefined) {
      firstAt.set(endpoint, index);
      return [];
    }
    const owner = regions[first]?.regionId ?? `regions[${first}]`;
    const reader = regionId === undefined ? "" : ` for region ${regionId}`;
    const message = `Endpoint ${endpoint}${reader} belongs to region ${owner} already`;
    return [{ path: `regions[${index}].endpoint`, message }];
  });
}

function checkQuorum(draft: DraftConfig): readonly ConfigProblem[] {
  if (draft.given.has("quorum") && draft.given.has("quorumThreshold")) {
    return [{ path: "quorum", message: "Give either quorum or quorumThreshold, not both" }];
  }
  const voters = draftVoters(draft);
  if (draft.crossRegionSyncEnabled !== true || voters === undefined) return [];
  if (draft.regions?.length === 0) return [];
  const path = draft.given.has("quorum") ? "quorum" : "quorumThreshold";
  const wanted = draft.given.has(path) ? draft[path] : quorumThresholdDefault;
  return wanted === undefined ? [] : resolveQuorum(wanted, voters, path).problems;
}

/** The voters, once all of them are known: a missing weight would make every sum a guess. */
function draftVoters({ region, localWeight, localZone, regions }: DraftConfig): readonly Voter[] | undefined {
  if (region === undefined || localWeight === undefined || regions === undefined) return undefined;
  const voters: Voter[] = [{ regionId: region, weight: localWeight, zone: localZone }];
  for (const { regionId, weight, zone } of regions) {
    if (regionId === undefined || weight === undefined) return undefined;
    voters.push({ regionId, weight, zone });
  }
  return voters;
}

function checkBackoff({ retryBackoffInitialMs, retryBackoffMaxMs }: DraftConfig): readonly ConfigProblem[] {
  if (retryBackoffInitialMs === undefined || retryBackoffMaxMs === undefined) return [];
  if (retryBackoffMaxMs >= retryBackoffInitialMs) return [];
  const message = `Retry backoff maximum (${retryBackoffMaxMs} ms) is less than retryBackoffInitial (${retryBackoffInitialMs} ms)`;
  return [{ path: "retryBackoffMax", message }];
}
