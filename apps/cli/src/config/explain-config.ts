import { type Config, explainPolicy, type ListedSets, type PolicyExplanation, policyRegions } from "@rsync/core";
import { describeDuration } from "../output/describe-duration.ts";
import { describePolicy } from "./describe-policy.ts";

/** A configuration in words: what must confirm, which losses hurt, how long is tried. Names and their texts. */
export function explainConfig(config: Config): readonly (readonly [name: string, text: string])[] {
  const { losses, retries, warnings } = explainPolicy(config);
  const lossFacts: readonly (readonly [string, string])[] =
    losses.kind === "tooManyRegions"
      ? [["losses", `not analysed: ${losses.regionCount} regions vote, at most ${losses.regionCountMax} are tried`]]
      : [
          ["blocks writes", describeBlocking(losses.blocksWrites)],
          ["could lose data", describeLosing(losses.couldLoseData)],
        ];
  return [
    ["region", describeRegions(config)],
    ["committed when", `${describePolicy(config.policy)} hold it on disk`],
    ...lossFacts,
    ["one call waits", describeWaiting(config)],
    ["retries", describeRetries(retries)],
    ...warnings.map(({ message }) => ["warning", message] as const),
  ];
}

function describeRegions({ region, regions, policy, crossRegionSyncEnabled }: Config): string {
  const voting = new Set(policyRegions(policy));
  const others = regions.map(({ regionId }) => (voting.has(regionId) ? regionId : `${regionId} (observer)`));
  if (!crossRegionSyncEnabled) return `${region}; cross-region sync is switched off, so receipts are stored here only`;
  return `${region}, syncing to ${others.join(", ")}`;
}

function describeBlocking(sets: ListedSets): string {
  return `while one of these sets is away nothing commits: ${describeSets(sets)}`;
}

function describeLosing(sets: ListedSets): string {
  return `if one of these sets is lost for good, so is what had reached no other region yet: ${describeSets(sets)}`;
}

function describeSets({ count, sets }: ListedSets): string {
  const shown = sets.slice(0, 20).map((regionIds) => regionIds.join(" + "));
  return count > shown.length ? `${shown.join("; ")}; and ${count - shown.length} more` : shown.join("; ");
}

function describeWaiting({ waitFor, timeoutMs }: Config): string {
  const what = waitFor === "quorum" ? "for the quorum" : "for every region";
  return `${what}, at most ${describeDuration(timeoutMs)}; delivery goes on afterwards, for as long as it takes`;
}

function describeRetries({ attemptsMax, delaysMs, jitter }: PolicyExplanation["retries"]): string {
  const shown = delaysMs.slice(0, 8).map(describeDuration);
  const more = delaysMs.length > shown.length ? ` ... (${delaysMs.length} waits)` : "";
  const spread = jitter === "none" ? "" : `, each shortened at random (${jitter} jitter)`;
  return `a call waits for ${attemptsMax} attempts at a region: at once, then after ${shown.join(", ")}${more}${spread}`;
}
