/** I9, liveness: where faults strike only regions that a quorum can do without, the others commit in time, all of them. */
import type { Checker, Observation, WorldView } from "../observation.ts";
import { serviceMs } from "../service-time.ts";
import { isQuorum } from "./is-quorum.ts";

/** Commits, round trips and queues of this many receipts are ordinary; more is not. */
const SERVICES_MAX = 40;

export function healthyQuorumCommits(): Checker {
  let healedMs = Number.POSITIVE_INFINITY;
  const calls = new Map<string, number>();
  return {
    name: "healthy-quorum-commits",
    observe: (observation, world) => {
      if (observation.kind === "rested") healedMs = world.nowMs();
      if (observation.kind === "made") {
        const { receiptId } = observation.call;
        calls.set(receiptId, (calls.get(receiptId) ?? 0) + 1);
      }
      if (observation.kind !== "told") return undefined;
      // The only call for its id, so with one content: nothing but faults can keep it from committing.
      return calls.get(observation.call.receiptId) === 1 ? judge(observation, world, healedMs) : undefined;
    },
  };
}

function judge(
  { call, told }: Extract<Observation, { kind: "told" }>,
  world: WorldView,
  healedMs: number,
): string | undefined {
  const { options } = world;
  if (call.kind !== "sync") return undefined;
  const sturdy = options.voters
    .map(({ regionId }) => regionId)
    .filter((id) => call.startedMs >= healedMs || !options.frail.includes(id));
  if (!sturdy.includes(call.regionId) || !isQuorum(call.rule, new Set(sturdy))) return undefined;
  const tookMs = world.nowMs() - call.startedMs;
  if (told.kind !== "result" || told.outcome !== "committed") {
    const said = told.kind === "rejected" ? told.error : told.kind === "result" ? told.outcome : told.kind;
    return `${call.receiptId} at ${call.regionId} ended as ${said} after ${tookMs.toFixed(0)} ms while ${sturdy.join(", ")} were well`;
  }
  const limitMs = SERVICES_MAX * serviceMs(options);
  if (options.waitFor === "all" || tookMs <= limitMs) return undefined;
  return `${call.receiptId} at ${call.regionId} took ${tookMs.toFixed(0)} ms while ${sturdy.join(", ")} were well; ${limitMs.toFixed(0)} ms are ample`;
}
