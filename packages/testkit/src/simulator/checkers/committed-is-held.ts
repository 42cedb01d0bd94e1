/** I1: "committed" and "verified" only when durable disks held a quorum of the same bytes, by a verdict of our own. */
import type { CallMade, Checker, Observation, Told, WorldView } from "../observation.ts";
import { isNews } from "./is-news.ts";
import { describeRule, isQuorum } from "./is-quorum.ts";
import { voteSinceMs } from "./vote-since.ts";

export function committedIsHeld(): Checker {
  return { name: "committed-is-held", observe };
}

function observe(observation: Observation, world: WorldView): string | undefined {
  if (observation.kind !== "told") return undefined;
  const { call, told } = observation;
  const yes = wordOf(call, told);
  if (yes === undefined) return undefined;
  const { receiptId } = call;
  const { digest, committed, claimed } = yes;
  const holders = world.options.voters
    .map(({ regionId }) => regionId)
    .filter((regionId) =>
      world.disk(regionId).voted({ receiptId, digest, committed }, voteSinceMs(call, regionId, world)),
    );
  const missing = claimed.filter((regionId) => !holders.includes(regionId));
  // The asking region's own disk is not asked by hearsay: for it there is no such excuse.
  if (!missing.includes(call.regionId) && isNews(call, told, world)) return undefined;
  if (missing.length > 0) {
    return `${call.kind} at ${call.regionId}: ${missing.join(", ")} counted for ${receiptId}, whose disk did not hold it as a voting store`;
  }
  if (yes.achieved && !isQuorum(call.rule, new Set(holders))) {
    return `${call.kind} at ${call.regionId}: ${receiptId} called committed; held by ${holders.join(", ") || "nobody"}; the rule is ${describeRule(call.rule.quorum)}`;
  }
  return undefined;
}

interface Yes {
  readonly digest: string;
  readonly committed: boolean;
  readonly achieved: boolean;
  readonly claimed: readonly string[];
}

function wordOf(call: CallMade, told: Told): Yes | undefined {
  switch (told.kind) {
    case "result":
      return { ...told, achieved: told.outcome === "committed", claimed: told.confirmed };
    case "inspected":
      if (told.digest === undefined) return undefined;
      return { digest: told.digest, committed: told.committed, achieved: told.quorum, claimed: told.confirmed };
    case "verified":
      if (call.digest === undefined || !told.quorum) return undefined;
      return { digest: call.digest, committed: call.committed, achieved: true, claimed: [] };
    case "rejected":
      return undefined;
  }
}
