/** Writes down what a lane goes on without, and what comes of it when it is sent once more. */
import { describeFault, type LaneCommand } from "@rsync/core";
import type { LaneSurroundings } from "./lane-surroundings.ts";
import * as lines from "./log-lines.ts";
import { rfc3339 } from "./rfc3339.ts";

type Command<Kind extends LaneCommand["kind"]> = Extract<LaneCommand, { readonly kind: Kind }>;

/** Whose dead letters: a region, and the store that did not take the receipt. */
export interface LanePeer {
  readonly regionId: string;
  readonly storeId: string;
}

/** The receipt is named in the region's dead letters before the cursor may pass it (I2). False where the log could not take it. */
export async function writeBurial(
  lane: LaneSurroundings,
  { regionId, storeId }: LanePeer,
  { item, fault, as }: Command<"bury">,
): Promise<boolean> {
  const { store, logger, seldomLines, clock, events } = lane.around;
  const { receiptId, digest, committed } = item.row.record;
  const { position, attempts } = item;
  const key = { regionId, storeId, receiptId, digest, committed };
  const buriedAt = rfc3339(clock.wallMs());
  try {
    await store.bury([{ ...key, position, kind: as, fault, attempts, buriedAt }]);
  } catch (error) {
    logger(lines.storeTrouble(`bury receipt ${receiptId} of region ${regionId}`, String(error)));
    return false;
  }
  const why = describeFault(fault);
  if (as === "poison") logger(lines.poisonParked(receiptId, regionId, why));
  else seldomLines.tell(`refusals of ${regionId}`, (leftOut) => lines.refusalBuried(receiptId, regionId, why, leftOut));
  events.emit("buried", { regionId, receiptId, digest, kind: as });
  return true;
}

/** A dead letter whose receipt the region takes after all is resolved; any other stays what it is. */
export async function writeReplayed(
  lane: LaneSurroundings,
  { regionId, storeId }: LanePeer,
  { item, outcome }: Command<"replayed">,
): Promise<void> {
  if (outcome !== "acknowledged") return;
  const { store, logger, clock } = lane.around;
  const { receiptId, digest, committed } = item.row.record;
  try {
    // First what it stands on: were the region's store restored to before it, nobody would notice, nor try it again (I2).
    await lane.peers.flush();
    await store.markDeadLetters(
      [{ regionId, storeId, receiptId, digest, committed }],
      "resolved",
      rfc3339(clock.wallMs()),
    );
  } catch (error) {
    logger(lines.storeTrouble(`resolve the dead letter of receipt ${receiptId} for region ${regionId}`, String(error)));
  }
}
