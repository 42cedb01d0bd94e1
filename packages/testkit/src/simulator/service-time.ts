/** How long does one receipt take from one well region to another, at most? */
import type { SimulationOptions } from "./options.ts";

type Speeds = Pick<SimulationOptions, "diskSpeed" | "latencyMs">;

/** One commit, behind one that is running. */
function commitMs({ diskSpeed }: Speeds): number {
  return 2 * (diskSpeed.writeMs.max + diskSpeed.fsyncMs.max) + diskSpeed.readMs.max;
}

/** A commit here, a round trip, a commit there, and pinning. */
export function serviceMs(options: Speeds): number {
  return 3 * options.latencyMs.max + 3 * commitMs(options);
}
