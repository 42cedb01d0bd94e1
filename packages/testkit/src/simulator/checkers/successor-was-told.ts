/**
 * Before a store takes another one's place at some region, it has written down that it does not vote (DESIGN §9): from then on
 * nobody there tells it any more that it lacks what the earlier one held.
 */
import type { Checker, Observation, WorldView } from "../observation.ts";

export function successorWasTold(): Checker {
  const judged = new Set<string>();
  return {
    name: "successor-was-told",
    observe: (observation, world) => (observation.kind === "synced" ? judge(observation, world, judged) : undefined),
  };
}

function judge(
  { regionId: witness, log }: Extract<Observation, { kind: "synced" }>,
  world: WorldView,
  judged: Set<string>,
): string | undefined {
  for (const { regionId, mark, replaced } of log.peers()) {
    const earlier = replaced.at(-1);
    if (mark === undefined || earlier === undefined) continue;
    const key = `${witness} ${regionId} ${earlier} ${mark.storeId}`;
    if (judged.has(key)) continue;
    judged.add(key);
    const disk = world.disk(regionId);
    // Who passes for what it was before is believed, and tells nobody else.
    if (world.hasLied(regionId) || disk.refilledAs(mark.storeId)) continue;
    // It may have been written down in the same commit as that an operator accepts it.
    if (world.lossAcceptedSince(Math.max(0, disk.destroyedMs))) continue;
    return `${witness} takes ${mark.storeId} for the store of ${regionId} that came after ${earlier}, and it has never heard of that one`;
  }
  return undefined;
}
