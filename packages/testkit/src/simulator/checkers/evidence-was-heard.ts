/** I1, I9: a remote region counts only where its own process said so, unaltered, to this very process, in time. */
import type { CallMade, Checker, Observation, Told, WorldView } from "../observation.ts";

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

/**
 * Whoever asks what lies under an id that it does not hold itself has nothing to compare an answer with: a region that lies
 * about its contents can not be shown to, alone. What such words must not do is make a quorum.
 */
function isNews(call: CallMade, told: Extract<Told, { digest: string | undefined }>, world: WorldView): boolean {
  if (told.kind !== "inspected" || told.quorum || told.digest === undefined) return false;
  return !world.disk(call.regionId).held({ receiptId: call.receiptId, digest: told.digest, committed: false });
}
