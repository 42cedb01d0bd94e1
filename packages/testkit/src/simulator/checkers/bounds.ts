/** I8: no lane has more requests in flight than its window; time goes on; nothing is left after a close. */
import type { Checker, Observation, WorldView } from "../observation.ts";

export function bounds(): Checker {
  return { name: "bounds", observe };
}

function observe(observation: Observation, world: WorldView): string | undefined {
  if (observation.kind !== "requested" || observation.request !== "send") return undefined;
  const { windowMax } = world.options.laneLimits;
  const { regionId, to, inFlight } = observation;
  if (inFlight <= windowMax) return undefined;
  return `${regionId} has ${inFlight} deliveries to ${to} in flight; the window is ${windowMax}`;
}
