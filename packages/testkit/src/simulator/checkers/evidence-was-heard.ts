/** I1, I9: a remote region counts only where its own process said so, unaltered, to this very process, in time. */
import type { Checker, Observation, WorldView } from "../observation.ts";
import { isNews } from "./is-news.ts";

export function evidenceWasHeard(): Checker {
  return { name: "evidence-was-heard", observe };
}

function observe(observation: Observation, world: WorldView): string | undefined {
  if (observation.kind !== "told") return undefined;
  const { call, told } = observation;
  if (told.kind !== "result" && told.kind !== "inspected") return undefined;
  const { digest, committed } = told;
  for (const regionId of told.confirmed) {
    if (regionId === call.regionId || isNews(call, told, world)) continue;
    const heard = world.evidence(call, regionId);
    const fits = heard.some(
      (evidence) =>
        evidence.atMs >= call.votesFromMs &&
        evidence.atMs <= world.nowMs() &&
        evidence.digest === digest &&
        (evidence.committed || !committed) &&
        !evidence.refilling &&
        // Where a call ends with its verdict, a store that was replaced before does not count in it any more (T2).
        !(evidence.replaced && told.kind === "result" && world.options.waitFor === "quorum"),
    );
    if (!fits)
      return `${call.kind} at ${call.regionId}: counted ${regionId} for ${call.receiptId}, which never said so`;
  }
  return undefined;
}
