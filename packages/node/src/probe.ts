import { type Fault, isSeedStyle, type LaneEvent, type RemoteRegionConfig, treatmentOf } from "@rsync/core";
import type { LaneSurroundings } from "./lane-surroundings.ts";
import * as lines from "./log-lines.ts";

/** Asks a region who it is, to find out whether it can be reached again (DESIGN §8). Never rejects. */
export async function probe(id: number, region: RemoteRegionConfig, lane: LaneSurroundings): Promise<LaneEvent> {
  const { around, exchange, peers, signal } = lane;
  const reached: LaneEvent = { kind: "replied", id, outcomes: [] };
  try {
    const exchanged = await exchange.with(region, signal, (call) => around.transport.describe(call));
    if (exchanged.kind === "replied") return reached;
    const { fault } = exchanged;
    if (fault.kind === "aborted" && signal.aborted) return { kind: "aborted", id };
    // A seed-style peer does not know the question, and says so: it lives.
    const unknown = fault.kind === "status" && (fault.status === 404 || fault.status === 405);
    if (unknown && isSeedStyle(peers.memory(region.regionId))) return reached;
    const treatment = treatmentOf(fault, { seedStyle: false, receipts: 1 });
    return { kind: "failed", id, fault, treatment: treatment === "pause" ? "pause" : "retry" };
  } catch (error) {
    around.logger(lines.syncTaskPanicked(region.regionId, String(error)));
    const fault: Fault = { kind: "broken", code: "BUG", detail: String(error) };
    return { kind: "failed", id, fault, treatment: "retry" };
  }
}
