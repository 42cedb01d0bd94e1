/** DESIGN §8: a batch that was too large is split. A region that says so again and again is sent what it does not take. */
import type { Checker, Observation, WorldView } from "../observation.ts";

type Heard = Extract<Observation, { kind: "heard" }>;

/** What one process has learned on one link. */
interface Learned {
  /** Of the store that answers: another one is met like a stranger, by whoever shows that it is one as well. */
  readonly storeId: string | undefined;
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
  const link = `${by.regionId} ${by.incarnation} ${regionId}`;
  const before = links.get(link);
  const storeId = answer.identification.from?.store.storeId ?? before?.storeId;
  const learned = before?.storeId === storeId && before !== undefined ? before : { storeId, least: Infinity, vain: 0 };
  links.set(link, learned);
  const isAnother = before !== undefined && learned !== before;
  if (request.kind !== "batch" || isAnother) return undefined;
  const receipts = request.records.length;
  const tooLarge = isTooLarge(answer);
  if (answer.kind === "replied" || (tooLarge && receipts < learned.least)) {
    learned.least = tooLarge ? receipts : Infinity;
    learned.vain = 0;
  } else if (tooLarge) learned.vain += 1;
  if (learned.vain <= vainMax(world)) return undefined;
  return `${by.regionId} sent ${regionId} ${learned.vain} more batches that were as large as one of ${learned.least} receipts, which was too large`;
}

function isTooLarge(answer: Heard["answer"]): boolean {
  return answer.kind === "failed" && answer.fault.kind === "status" && answer.fault.status === 413;
}

/** Those that were under way, and as many that left while the answer was looked at. */
function vainMax({ options }: WorldView): number {
  return 2 * options.laneLimits.windowMax;
}
