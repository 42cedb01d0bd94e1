/** I5: refused only where enough regions hold other content, never on silence, and then not committed later. */
import type { Checker, Observation, WorldView } from "../observation.ts";
import { blocks } from "./is-quorum.ts";

interface Refused {
  readonly atMs: number;
  readonly rule: string;
}

export function honestRefusals(): Checker {
  const refusedAt = new Map<string, Refused>();
  return {
    name: "honest-refusals",
    observe: (observation, world) => {
      if (observation.kind !== "told" || observation.told.kind !== "result") return undefined;
      const { call, told } = observation;
      const { receiptId } = call;
      const { digest, committed } = told;
      const key = `${receiptId} ${digest} ${committed}`;
      const rule = JSON.stringify(call.rule.quorum);
      const before = refusedAt.get(key);
      if (told.outcome === "committed" && before?.rule === rule && !excused(before.atMs, world)) {
        return `${receiptId} was refused at ${before.atMs.toFixed(1)} ms and is committed now, and no store was lost meanwhile`;
      }
      if (told.outcome !== "refused") return invented(observation, world);
      // Where only the region asked refuses (DESIGN §7), others may commit it all the same.
      if (before === undefined && blocks(call.rule, new Set(told.refused))) {
        refusedAt.set(key, { atMs: world.nowMs(), rule });
      }
      return invented(observation, world) ?? baseless(observation, world);
    },
  };
}

/** A refusing store was lost, or an operator acted. */
function excused(sinceMs: number, world: WorldView): boolean {
  const lost = world.options.voters.some(({ regionId }) => world.disk(regionId).destroyedMs >= sinceMs);
  return lost || world.lossAcceptedSince(sinceMs);
}

/** Also a result that is not refused says who refuses. */
function invented({ call, told }: Extract<Observation, { kind: "told" }>, world: WorldView): string | undefined {
  if (told.kind !== "result") return undefined;
  const { receiptId } = call;
  const region = told.refused.find((each) => !world.disk(each).everHeldOther({ receiptId, digest: told.digest }));
  return region === undefined ? undefined : `${region} counts as refusing ${receiptId} and never held other content`;
}

/** A region's stores that the caller's region durably knows to be replaced: their refusals count no more (DESIGN §9). */
function gone(caller: string, regionId: string, world: WorldView): readonly string[] {
  if (caller === regionId || world.options.waitFor === "all") return [];
  const peers = world.log(caller)?.peers() ?? [];
  return peers.find((peer) => peer.regionId === regionId)?.replaced ?? [];
}

function baseless({ call, told }: Extract<Observation, { kind: "told" }>, world: WorldView): string | undefined {
  if (told.kind !== "result") return undefined;
  const { receiptId, regionId } = call;
  const state = { receiptId, digest: told.digest, committed: told.committed };
  const refusing = told.refused.filter((region) =>
    world.disk(region).heldOtherBut(gone(regionId, region, world), state),
  );
  const outlived = told.refused.find((region) => !refusing.includes(region));
  if (outlived !== undefined)
    return `${outlived} counts as refusing ${receiptId} for a store that is known to be replaced`;
  // The own region's refusal ends a call at once: this region can not be the one that owes it.
  if (refusing.includes(regionId) || blocks(call.rule, new Set(refusing))) return undefined;
  return `${receiptId} was called refused at ${regionId}, and ${refusing.join(", ") || "nobody"} refusing does not block it`;
}
