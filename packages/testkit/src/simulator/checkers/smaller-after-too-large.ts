/** DESIGN §8: a batch that was too large is split. A region that says so again and again is sent what it does not take. */
import type { Checker, Observation, WorldView } from "../observation.ts";

type Heard = Extract<Observation, { kind: "heard" }>;

/** What one process has learned on one link. */
interface Learned {
  /** Receipts of the smallest batch that was too large. */
  least: number;
  /** Batches as large as that which were too large as well. */
  vain: number;
}

export function smallerAfterTooLarge(): Checker {
  const links = new Map<string, Learned>();
  return {
    name: "smaller-after-too-large",
    observe: (observation, world) => (observation.kind === "heard" ? hear(observation, world, links) : undefined),
  };
}

function hear(
  { by, regionId, request, answer }: Heard,
  world: WorldView,
  links: Map<string, Learned>,
): string | undefined {
  if (request.kind !== "batch") return undefined;
  const link = `${by.regionId} ${by.incarnation} ${regionId}`;
  if (answer.kind === "replied") links.delete(link);
  if (answer.kind === "replied" || answer.fault.kind !== "status" || answer.fault.status !== 413) return undefined;
  const receipts = request.records.length;
  const learned = links.get(link);
  if (learned === undefined || receipts < learned.least) {
    links.set(link, { least: receipts, vain: 0 });
    return undefined;
  }
  learned.vain += 1;
  if (learned.vain <= vainMax(world)) return undefined;
  return `${by.regionId} sent ${regionId} ${learned.vain} more batches that were as large as one of ${learned.least} receipts, which was too large`;
}

/**
 * Those that were under way, and as many that left while the answer was looked at; and once more all that it takes to find the size,
 * for where it was another store that answered, which is met like a stranger.
 */
function vainMax({ options }: WorldView): number {
  const { windowMax, batchReceiptsMax } = options.laneLimits;
  return 2 * windowMax + Math.ceil(Math.log2(batchReceiptsMax)) + 1;
}
