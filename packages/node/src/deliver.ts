import {
  type Acknowledgement,
  type BatchItemReply,
  describeFault,
  type Fault,
  type Identification,
  type ItemOutcome,
  isSeedStyle,
  judgeAcknowledgement,
  type LaneEvent,
  type LaneItem,
  matchBatchReplies,
  type RemoteRegionConfig,
  treatmentOf,
} from "@rsync/core";
import type { Exchanged } from "./exchange.ts";
import type { LaneSurroundings } from "./lane-surroundings.ts";
import * as lines from "./log-lines.ts";

/** What the lane must hear. An answer settles receipts for the store that gave it, and for no other. */
export interface Delivered {
  readonly event: LaneEvent;
  readonly storeId: string | undefined;
}

/** A region's reply to one request, and whose it is. */
interface Replied {
  readonly region: RemoteRegionConfig;
  readonly lane: LaneSurroundings;
  readonly identification: Identification;
  readonly storeId: string;
}

/**
 * Sends receipts to one region in one request, tells whoever waits for one of them, and returns what the lane must hear. A
 * single one travels as in the seeds' protocol. Never rejects.
 */
export async function deliver(
  id: number,
  items: readonly LaneItem[],
  region: RemoteRegionConfig,
  lane: LaneSurroundings,
): Promise<Delivered> {
  const sentAtMs = lane.around.clock.monotonicMs();
  lane.meter.sent(items.length);
  const delivered = await attempt(id, items, region, lane);
  const { event } = delivered;
  if (event.kind === "failed") lane.meter.failed(event.fault, items.length);
  if (event.kind === "replied") lane.meter.replied(lane.around.clock.monotonicMs() - sentAtMs, event.outcomes);
  return delivered;
}

async function attempt(
  id: number,
  items: readonly LaneItem[],
  region: RemoteRegionConfig,
  lane: LaneSurroundings,
): Promise<Delivered> {
  try {
    const exchanged = await send(items, region, lane);
    if (exchanged.kind === "failed") return failed(id, items, region, lane, exchanged);
    const { identification, storeId } = exchanged;
    const replied = { region, lane, identification, storeId };
    const outcomes = items.map((item, index) => outcomeOf(item, exchanged.reply[index], replied));
    return { event: { kind: "replied", id, outcomes }, storeId };
  } catch (error) {
    lane.around.logger(lines.syncTaskPanicked(region.regionId, String(error)));
    const fault: Fault = { kind: "broken", code: "BUG", detail: String(error) };
    return { event: { kind: "failed", id, fault, treatment: "retry" }, storeId: undefined };
  }
}

/** One reply for each item, in their order. */
async function send(
  items: readonly LaneItem[],
  region: RemoteRegionConfig,
  { around, exchange, signal }: LaneSurroundings,
): Promise<Exchanged<readonly (BatchItemReply | undefined)[]>> {
  const { transport } = around;
  const records = items.map(({ row }) => row.record);
  const [record] = records;
  const sendBatch = transport.sendBatch?.bind(transport);
  if (sendBatch !== undefined && records.length > 1) {
    const exchanged = await exchange.with(region, signal, (call) => sendBatch(call, records));
    return exchanged.kind === "failed"
      ? exchanged
      : { ...exchanged, reply: matchBatchReplies(records, exchanged.reply) };
  }
  if (record === undefined) throw new Error("Bug: a request without receipts");
  const exchanged = await exchange.with(region, signal, (call) => transport.send(call, record));
  if (exchanged.kind === "failed") return exchanged;
  return { ...exchanged, reply: [{ kind: "acknowledged", acknowledgement: exchanged.reply }] };
}

function outcomeOf(item: LaneItem, reply: BatchItemReply | undefined, replied: Replied): ItemOutcome | undefined {
  if (reply === undefined) return undefined;
  if (reply.kind === "acknowledged") return acknowledged(item, reply.acknowledgement, replied);
  const { region, lane, storeId } = replied;
  const { fault } = reply;
  if (treatmentOf(fault, { seedStyle: isBelievedBare(region, lane), receipts: 1 }) !== "refusal") {
    return { kind: "failed", fault };
  }
  return refused(item, fault, storeId, region, lane);
}

function acknowledged(item: LaneItem, said: Acknowledgement, replied: Replied): ItemOutcome {
  const { region, lane, identification, storeId } = replied;
  const { record } = item.row;
  const { regionId } = region;
  const { requireDurable } = lane.around.config;
  const verdict = judgeAcknowledgement(record, said, identification, { requireDurable });
  if (verdict.kind === "fault") return { kind: "failed", fault: verdict.fault };
  if (identification.from === undefined) lane.peers.acknowledgedSeedStyle(regionId);
  const attempts = item.attempts + 1;
  if (verdict.kind === "confirmed") {
    const { durability } = verdict;
    const atMs = lane.around.clock.monotonicMs();
    lane.waits.tellState(record, { kind: "confirmed", regionId, storeId, durability, atMs, attempts });
  } else {
    lane.waits.tellState(record, { kind: "closed", regionId, trouble: { kind: "noVote", reason: verdict.reason } });
  }
  const { receiptLogger } = lane.around;
  if (receiptLogger !== undefined) {
    receiptLogger(lines.receiptSynced(record.receiptId, regionId, attempts));
    receiptLogger(lines.receiptSyncedOnAttempt(record.receiptId, regionId, attempts));
  }
  return ACKNOWLEDGED;
}

const ACKNOWLEDGED: ItemOutcome = { kind: "acknowledged" };

/** The request as a whole gave no evidence; a lone receipt may have been refused by it. */
function failed(
  id: number,
  items: readonly LaneItem[],
  region: RemoteRegionConfig,
  lane: LaneSurroundings,
  { fault, storeId, proven }: Extract<Exchanged<unknown>, { kind: "failed" }>,
): Delivered {
  // Somebody else's abort is a failure like any other: given back without a rest, it would be tried again for ever.
  if (fault.kind === "aborted" && lane.signal.aborted) return { event: { kind: "aborted", id }, storeId };
  const treatment = treatmentOf(fault, { seedStyle: isBelievedBare(region, lane), receipts: items.length });
  if (treatment !== "refusal") return { event: { kind: "failed", id, fault, treatment }, storeId };
  const [item] = items;
  // A refusal that nobody can be shown to have made is the link's fault: a proxy or another process answered.
  if (!proven || storeId === undefined || item === undefined) {
    return { event: { kind: "failed", id, fault, treatment: "retry" }, storeId };
  }
  return { event: { kind: "replied", id, outcomes: [refused(item, fault, storeId, region, lane)] }, storeId };
}

function refused(
  { row }: LaneItem,
  fault: Fault,
  storeId: string,
  { regionId }: RemoteRegionConfig,
  lane: LaneSurroundings,
): ItemOutcome {
  const { record } = row;
  lane.waits.tellState(record, { kind: "refused", regionId, storeId, trouble: { kind: "fault", fault } });
  const { receiptLogger } = lane.around;
  if (receiptLogger !== undefined) {
    receiptLogger(lines.nonRetryable(record.receiptId, regionId, describeFault(fault)));
    receiptLogger(lines.syncFailed(record.receiptId, regionId, describeFault(fault)));
  }
  return { kind: "refused", fault };
}

/** A region of the seeds that has acknowledged before: its bare status is its word (DESIGN §6). */
function isBelievedBare({ regionId }: RemoteRegionConfig, { peers }: LaneSurroundings): boolean {
  const memory = peers.memory(regionId);
  return isSeedStyle(memory) && memory.acknowledgedSeedStyle;
}
