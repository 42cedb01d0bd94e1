/**
 * Which policy does a written quorum stand for, and does it make sense among these regions?
 *
 * Refused, each with its path: a threshold that is more than there is, regions that do not exist or only observe, zones
 * that are not there, and a region that could be counted twice (self-quorum): once under each of two branches of which
 * not all are needed.
 */
import type {
  ConfigProblem,
  QuorumGroupInput,
  QuorumInput,
  QuorumMemberInput,
  ZonesQuorumInput,
} from "../config/config.ts";
import type { PolicyBranch, QuorumPolicy } from "./policy.ts";
import { policyRegions } from "./policy-regions.ts";
import * as presets from "./presets.ts";

/** The policy, and everything that is wrong with it. With problems it is still a tree, but can not be met as meant. */
export interface ResolvedQuorum {
  readonly policy: QuorumPolicy;
  readonly problems: readonly ConfigProblem[];
}

/**
 * Resolves a quorum whose shape was checked already. `voters` are all regions, local and observers included; `path` is
 * where the quorum stands in the configuration. A number is a `quorumThreshold`.
 */
export function resolveQuorum(
  quorum: QuorumInput | number,
  voters: readonly presets.Voter[],
  path: string,
): ResolvedQuorum {
  const problems: ConfigProblem[] = [];
  return { policy: buildPolicy(quorum, { voters, problems }, path), problems };
}

interface Resolution {
  readonly voters: readonly presets.Voter[];
  readonly problems: ConfigProblem[];
}

function buildPolicy(quorum: QuorumInput | number, resolution: Resolution, path: string): QuorumPolicy {
  const { voters } = resolution;
  if (typeof quorum === "number") {
    checkWeight(quorum, resolution, path);
    return presets.weightPolicy(quorum, voters);
  }
  if (quorum === "majority" || quorum === "all") {
    checkWeight(1, resolution, path);
    return quorum === "majority" ? presets.majorityPolicy(voters) : presets.allPolicy(voters);
  }
  if ("of" in quorum) return buildGroup(quorum, resolution, path);
  checkZones(quorum, resolution, path);
  return presets.zonesPolicy(quorum.threshold, quorum.minZones, voters);
}

function checkWeight(threshold: number, { voters, problems }: Resolution, path: string): void {
  const total = presets.totalWeight(voters);
  if (threshold <= total) return;
  problems.push({ path, message: `Quorum threshold ${threshold} exceeds total regions ${total}` });
}

function checkZones({ threshold, minZones }: ZonesQuorumInput, resolution: Resolution, path: string): void {
  checkWeight(threshold, resolution, `${path}.threshold`);
  const voting = resolution.voters.filter(({ weight }) => weight > 0);
  for (const { regionId } of voting.filter(({ zone }) => zone === undefined)) {
    const message = `Zone missing for region ${regionId}: minZones counts the zones of all regions that vote`;
    resolution.problems.push({ path: `${path}.minZones`, message });
  }
  const zones = new Set(voting.map(({ zone }) => zone).filter((zone) => zone !== undefined));
  if (minZones > zones.size && voting.every(({ zone }) => zone !== undefined)) {
    const message = `minZones ${minZones} exceeds the ${zones.size} zones of the regions that vote`;
    resolution.problems.push({ path: `${path}.minZones`, message });
  }
}

function buildGroup(group: QuorumGroupInput, resolution: Resolution, path: string): QuorumPolicy {
  const of = group.of.map((part, index): PolicyBranch => {
    const partPath = `${path}.of[${index}]`;
    const weight = part.weight ?? 1;
    if ("of" in part) return { weight, policy: buildGroup(part, resolution, partPath) };
    checkMember(part, resolution, partPath);
    return presets.regionBranch(part.region, weight);
  });
  const total = of.reduce((sum, { weight }) => sum + weight, 0);
  if (group.threshold > total) {
    const message = `Quorum threshold ${group.threshold} exceeds total weight ${total} of this group`;
    resolution.problems.push({ path: `${path}.threshold`, message });
  }
  checkSelfQuorum(of, group.threshold < total, resolution, path);
  return { kind: "threshold", label: group.label ?? path, threshold: group.threshold, of };
}

function checkMember({ region }: QuorumMemberInput, { voters, problems }: Resolution, path: string): void {
  const voter = voters.find(({ regionId }) => regionId === region);
  const message =
    voter === undefined
      ? `Region ${region} is not configured; known are ${voters.map(({ regionId }) => regionId).join(", ")}`
      : voter.weight === 0
        ? `Region ${region} is an observer (weight 0) and cannot vote`
        : undefined;
  if (message !== undefined) problems.push({ path: `${path}.region`, message });
}

/**
 * Where every branch is needed, a region may stand in several: it is asked twice and counts once in each. Where branches
 * are counted, it would be counted twice, and fewer regions than the number says would do.
 */
function checkSelfQuorum(of: readonly PolicyBranch[], counting: boolean, { problems }: Resolution, path: string): void {
  const seenIn = new Map<string, { index: number; leaf: boolean }>();
  for (const [index, { policy }] of of.entries()) {
    const leaf = policy.kind === "region";
    for (const regionId of policyRegions(policy)) {
      const first = seenIn.get(regionId);
      if (first === undefined) seenIn.set(regionId, { index, leaf });
      else if (counting || (leaf && first.leaf)) {
        const message = `Region ${regionId} stands in of[${first.index}] too and would be counted twice`;
        problems.push({ path: `${path}.of[${index}]`, message });
      }
    }
  }
}
