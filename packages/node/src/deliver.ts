import {
  describeFault,
  type Fault,
  isSeedStyle,
  judgeAcknowledgement,
  type LaneEvent,
  type LaneItem,
  type RemoteRegionConfig,
  treatmentOf,
} from "@rsync/core";
import type { Exchanged } from "./exchange.ts";
import type { LaneSurroundings } from "./lane-surroundings.ts";
import * as lines from "./log-lines.ts";

/** What the lane must hear. An answer settles the receipt for the store that gave it, and for no other. */
export interface Delivered {
  readonly event: LaneEvent;
  readonly storeId: string | undefined;
}

/** Sends one receipt to one region, tells whoever waits for it, and returns what the lane must hear. Never rejects. */
export async function deliver(
  id: number,
  item: LaneItem,
  region: RemoteRegionConfig,
  lane: LaneSurroundings,
): Promise<Delivered> {
  const { record } = item.row;
  const { around, exchange, peers } = lane;
  try {
    const exchanged = await exchange.with(region, lane.signal, (call) => around.transport.send(call, record));
    if (exchanged.kind === "failed") return failed(id, item, region, lane, exchanged);
    const { requireDurable } = around.config;
    const verdict = judgeAcknowledgement(record, exchanged.reply, exchanged.identification, { requireDurable });
    if (verdict.kind === "fault")
      return failed(id, item, region, lane, { ...exchanged, kind: "failed", fault: verdict.fault, proven: false });
    if (exchanged.identification.from === undefined) peers.acknowledgedSeedStyle(region.regionId);
    const { regionId } = region;
    if (verdict.kind === "confirmed") {
      const { storeId } = exchanged;
      const { durability } = verdict;
      const attempts = item.attempts + 1;
      const atMs = around.clock.monotonicMs();
      lane.waits.tellState(record, { kind: "confirmed", regionId, storeId, durability, atMs, attempts });
    } else {
      lane.waits.tellState(record, { kind: "closed", regionId, trouble: { kind: "noVote", reason: verdict.reason } });
    }
    around.receiptLogger?.(lines.receiptSynced(record.receiptId, regionId, item.attempts + 1));
    around.receiptLogger?.(lines.receiptSyncedOnAttempt(record.receiptId, regionId, item.attempts + 1));
    return {
      event: { kind: "replied", id, outcomes: [{ kind: "acknowledged" }] },
      storeId: exchanged.storeId,
    };
  } catch (error) {
    around.logger(lines.syncTaskPanicked(region.regionId, String(error)));
    const fault: Fault = { kind: "broken", code: "BUG", detail: String(error) };
    return { event: { kind: "failed", id, fault, treatment: "retry" }, storeId: undefined };
  }
}

function failed(
  id: number,
  item: LaneItem,
  region: RemoteRegionConfig,
  lane: LaneSurroundings,
  exchanged: Extract<Exchanged<unknown>, { kind: "failed" }>,
): Delivered {
  const { fault, storeId } = exchanged;
  // Somebody else's abort is a failure like any other: given back without a rest, it would be tried again for ever.
  if (fault.kind === "aborted" && lane.signal.aborted) return { event: { kind: "aborted", id }, storeId };
  const memory = lane.peers.memory(region.regionId);
  const seedStyle = isSeedStyle(memory) && memory.acknowledgedSeedStyle;
  const treatment = treatmentOf(fault, { seedStyle, receipts: 1 });
  if (treatment !== "refusal") return { event: { kind: "failed", id, fault, treatment }, storeId };
  // A refusal that nobody can be shown to have made is the link's fault: a proxy or another process answered.
  if (!exchanged.proven || storeId === undefined) {
    return { event: { kind: "failed", id, fault, treatment: "retry" }, storeId };
  }
  const { record } = item.row;
  const { regionId } = region;
  lane.waits.tellState(record, {
    kind: "refused",
    regionId,
    storeId,
    trouble: { kind: "fault", fault },
  });
  const { receiptLogger } = lane.around;
  receiptLogger?.(lines.nonRetryable(record.receiptId, regionId, describeFault(fault)));
  receiptLogger?.(lines.syncFailed(record.receiptId, regionId, describeFault(fault)));
  return { event: { kind: "replied", id, outcomes: [{ kind: "refused", fault }] }, storeId };
}
