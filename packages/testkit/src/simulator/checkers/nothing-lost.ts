/** Nothing committed is lost: whoever's confirmation counted still holds these bytes, unless its disk was destroyed since. */
import type { Checker, Observation, WorldView } from "../observation.ts";
import { voteSinceMs } from "./vote-since.ts";

interface Holder {
  readonly regionId: string;
  readonly sinceMs: number;
}

interface Promised {
  readonly receiptId: string;
  readonly digest: string;
  readonly committed: boolean;
  readonly holders: readonly Holder[];
}

/** Also what a region accepted for a caller, committed or not, stays on its disk (I2). */
export function nothingLost(): Checker {
  const promises: Promised[] = [];
  return {
    name: "nothing-lost",
    observe: (observation, world) => {
      if (observation.kind === "told") return remember(observation, world, promises);
      if (observation.kind !== "healed" && observation.kind !== "converged" && observation.kind !== "ended") {
        return undefined;
      }
      for (const promised of promises) {
        const problem = judge(promised, world);
        if (problem !== undefined) return problem;
      }
      return undefined;
    },
  };
}

function remember(
  { call, told }: Extract<Observation, { kind: "told" }>,
  world: WorldView,
  promises: Promised[],
): string | undefined {
  if (told.kind !== "result" || (told.outcome !== "committed" && told.outcome !== "pending")) return undefined;
  const { receiptId, regionId } = call;
  const { digest, committed } = told;
  const lost = world.disk(regionId).destroyedMs >= call.votesFromMs;
  if (call.kind === "sync" && !lost && !owes(world, regionId, receiptId)) {
    return `${regionId} accepted ${receiptId} from its own service, and its log owes it to nobody`;
  }
  const ids = new Set([...(told.outcome === "committed" ? told.confirmed : []), regionId]);
  const holders = [...ids].map((id) => ({ regionId: id, sinceMs: voteSinceMs(call, id, world) }));
  const promised = { receiptId, digest, committed, holders };
  promises.push(promised);
  return judge(promised, world);
}

function judge({ receiptId, digest, committed, holders }: Promised, world: WorldView): string | undefined {
  const lost = holders.find(({ regionId, sinceMs }) => {
    const disk = world.disk(regionId);
    return disk.destroyedMs < sinceMs && !disk.held({ receiptId, digest, committed });
  });
  if (lost === undefined) return undefined;
  return `${receiptId} was promised, and ${lost.regionId} does not hold it durably, although its disk was not destroyed since`;
}

/** There is a row of its own under the id, whatever else lies there. */
function owes(world: WorldView, regionId: string, receiptId: string): boolean {
  const everything = { after: 0, ownOnly: true, rowsMax: Infinity, bytesMax: Infinity };
  const rows = world.log(regionId)?.list(everything) ?? [];
  return rows.some(({ record }) => record.receiptId === receiptId);
}
