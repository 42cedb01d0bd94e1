/** DESIGN §8: what is submitted at one instant travels as batches, to every region that takes them, also to one that did not once. */
import { recordsIn } from "../network/message.ts";
import type { Checker, Observation, WorldView } from "../observation.ts";

export function travelTogether(): Checker {
  const sets: { readonly regionId: string; readonly receiptIds: readonly string[]; readonly reached: Set<string> }[] =
    [];
  /** Links on which a batch was too large: how large one may be there is learned anew only slowly. */
  const small = new Set<string>();
  return {
    name: "travel-together",
    observe: (observation, world) => {
      switch (observation.kind) {
        case "together":
          sets.push({ ...observation, reached: new Set() });
          return undefined;
        case "requested": {
          const ids = recordsIn(observation.request).map(({ receiptId }) => receiptId);
          if (ids.length < 2) return undefined;
          for (const { regionId, receiptIds, reached } of sets) {
            const some = ids.filter((receiptId) => receiptIds.includes(receiptId)).length > 1;
            if (some && regionId === observation.from.regionId) reached.add(observation.to);
          }
          return undefined;
        }
        case "heard":
          if (tooLarge(observation)) small.add(`${observation.by.regionId} ${observation.regionId}`);
          return undefined;
        case "ended":
          return alone(sets, small, world);
        default:
          return undefined;
      }
    },
  };
}

function tooLarge({ answer }: Extract<Observation, { kind: "heard" }>): boolean {
  return answer.kind === "failed" && answer.fault.kind === "status" && answer.fault.status === 413;
}

function alone(
  sets: readonly { readonly regionId: string; readonly receiptIds: readonly string[]; readonly reached: Set<string> }[],
  small: ReadonlySet<string>,
  { options }: WorldView,
): string | undefined {
  const { batchReceiptsMax, queuedReceiptsMax, readRowsMax } = options.laneLimits;
  if (Math.min(batchReceiptsMax, Math.max(queuedReceiptsMax, readRowsMax)) < 2) return undefined;
  for (const { regionId, receiptIds, reached } of sets) {
    const missing = options.voters.find(
      (voter) =>
        voter.regionId !== regionId &&
        !options.singlesOnly.includes(voter.regionId) &&
        !small.has(`${regionId} ${voter.regionId}`) &&
        !reached.has(voter.regionId),
    );
    if (missing !== undefined && receiptIds.length > 1)
      return `${receiptIds.join(", ")} were submitted at once at ${regionId}, and ${missing.regionId} was sent each alone`;
  }
  return undefined;
}
