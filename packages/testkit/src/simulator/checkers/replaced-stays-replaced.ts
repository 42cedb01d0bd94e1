/** A store that was replaced never counts again (DESIGN §9): no region pins it a second time. */
import type { Checker, Observation } from "../observation.ts";

export function replacedStaysReplaced(): Checker {
  return { name: "replaced-stays-replaced", observe };
}

function observe(observation: Observation): string | undefined {
  if (observation.kind !== "synced") return undefined;
  const revived = observation.log
    .peers()
    .find(({ mark, replaced }) => mark !== undefined && replaced.includes(mark.storeId));
  if (revived === undefined) return undefined;
  return `${observation.regionId} pinned a store of ${revived.regionId} again that it knows to be replaced`;
}
