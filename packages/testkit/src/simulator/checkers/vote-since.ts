/** Since when must a region have held what it counts for? */
import type { CallMade, WorldView } from "../observation.ts";

/** An answer that was asked for before the call may come during it: its region held the bytes when it spoke, and may lose them since. */
export function voteSinceMs(call: CallMade, regionId: string, world: WorldView): number {
  const during = world.evidence(call, regionId).filter(({ atMs }) => atMs >= call.votesFromMs);
  return Math.min(call.votesFromMs, ...during.map(({ askedMs }) => askedMs));
}
