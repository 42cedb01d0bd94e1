/** Do these regions satisfy this rule? Written from the rule as people write it, without core's policies and verdicts. */
import type { QuorumGroupInput, QuorumInput, QuorumMemberInput } from "@rsync/core";
import type { QuorumRule, SimulatedRegion } from "../options.ts";

/** `holders`: every region that has what is asked for. */
export function isQuorum({ quorum, voters }: QuorumRule, holders: ReadonlySet<string>): boolean {
  const voting = voters.filter(({ weight }) => weight > 0);
  const holding = voting.filter(({ regionId }) => holders.has(regionId));
  if (typeof quorum === "number") return weightOf(holding) >= quorum;
  if (quorum === "majority") return weightOf(holding) * 2 > weightOf(voting);
  if (quorum === "all") return holding.length === voting.length;
  if ("of" in quorum) return groupHolds(quorum, holders);
  const zones = new Set(holding.map(({ zone }) => zone));
  return weightOf(holding) >= quorum.threshold && zones.size >= quorum.minZones;
}

/** Can these regions never be overruled: is there no quorum without them? */
export function blocks(rule: QuorumRule, refusing: ReadonlySet<string>): boolean {
  const others = rule.voters.map(({ regionId }) => regionId).filter((regionId) => !refusing.has(regionId));
  return !isQuorum(rule, new Set(others));
}

function groupHolds(group: QuorumGroupInput, holders: ReadonlySet<string>): boolean {
  let weight = 0;
  for (const part of group.of) if (partHolds(part, holders)) weight += part.weight ?? 1;
  return weight >= group.threshold;
}

function partHolds(part: QuorumMemberInput | QuorumGroupInput, holders: ReadonlySet<string>): boolean {
  return "of" in part ? groupHolds(part, holders) : holders.has(part.region);
}

function weightOf(regions: readonly SimulatedRegion[]): number {
  return regions.reduce((sum, { weight }) => sum + weight, 0);
}

/** A rule that people might write, for whoever prints one. */
export function describeRule(quorum: QuorumInput | number): string {
  return typeof quorum === "object" ? JSON.stringify(quorum) : String(quorum);
}
