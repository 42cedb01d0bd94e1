/**
 * I2, L2: what a region's cursor has passed was taken by that store, or lies in its dead letters; and how far that store had come
 * by then is remembered, so that one that was restored from before is noticed. Read from the disk.
 */
import type { Checker, Observation, WorldView } from "../observation.ts";

export function cursorStands(): Checker {
  const checked = new Map<string, number>();
  return {
    name: "cursor-stands",
    observe: (observation, world) => {
      if (observation.kind === "destroyed") checked.clear();
      return observation.kind === "synced" ? judge(observation, world, checked) : undefined;
    },
  };
}

function judge(
  { regionId: origin, log }: Extract<Observation, { kind: "synced" }>,
  world: WorldView,
  checked: Map<string, number>,
): string | undefined {
  for (const { regionId, storeId, position } of log.cursors()) {
    const key = `${origin} ${regionId} ${storeId}`;
    const after = checked.get(key) ?? 0;
    if (position <= after) continue;
    checked.set(key, position);
    const mark = log.peers().find((peer) => peer.regionId === regionId)?.mark;
    const rows = log.list({ after, through: position, ownOnly: true, rowsMax: Infinity, bytesMax: Infinity });
    for (const { record } of rows) {
      const taken = world.disk(regionId).positionAs(storeId, record);
      if (taken !== undefined && (mark?.storeId !== storeId || mark.position >= taken)) continue;
      const { receiptId, digest, committed } = record;
      const letters = log.deadLetters({ regionId, storeId, receiptId, limit: Infinity });
      const letter = letters.find((each) => each.digest === digest && each.committed === committed);
      if (letter !== undefined && letter.status !== "resolved") continue;
      const passed = `${origin}'s cursor for ${regionId} has passed ${receiptId}`;
      if (taken === undefined) return `${passed}, which that store never took`;
      return `${passed}, which that store took at ${taken}; remembered of it is ${mark?.position}`;
    }
  }
  return undefined;
}
