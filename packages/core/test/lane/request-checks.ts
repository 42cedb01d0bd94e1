import type { Lane, LaneRules } from "../../src/lane/lane.ts";
import type { LaneItem } from "../../src/lane/lane-item.ts";
import { claim } from "./lane-parts.ts";
import type { Request } from "./lane-schedule.ts";
import type { WorldLog } from "./world-log.ts";

/** Any request that carries rows: its size, L5, and that it goes out while the lane may send. */
export function checkRequest(items: readonly LaneItem[], { health }: Lane, rules: LaneRules): void {
  const { kind } = health;
  const receiptsMax = kind === "probing" ? 1 : rules.receiptsPerRequestMax;
  claim(kind === "healthy" || kind === "backingOff" || kind === "probing", () => `sends while ${kind}`);
  claim(items.length >= 1 && items.length <= receiptsMax, () => "request size");
  const bytes = items.reduce((sum, item) => sum + item.bytes, 0);
  claim(items.length === 1 || bytes <= rules.requestBytesMax, () => "request bytes");
  const ids = new Set(items.map(({ row: { record } }) => record.receiptId));
  claim(ids.size === items.length, () => "L5: two rows of one receipt in a request");
}

/** A replay goes out alone, one at a time, and when a healthy lane has nothing else. */
export function checkReplay(items: readonly LaneItem[], lane: Lane, requests: readonly Request[]): void {
  claim(lane.health.kind === "healthy", () => `replays while ${lane.health.kind}`);
  claim(items.length === 1 && !requests.some(({ kind }) => kind === "replay"), () => "two replays at once");
  claim(lane.live.size + lane.backlog.size === 0, () => "replays although something else waits");
}

/** Rows that are owed go out once at a time. */
export function checkOwed(items: readonly LaneItem[], log: WorldLog, requests: readonly Request[]): void {
  const onTheirWay = new Set(
    requests.filter(({ kind }) => kind !== "replay").flatMap((request) => request.items.map((item) => item.position)),
  );
  for (const { position } of items) {
    claim(log.rows.has(position), () => `sends ${position}, which is no own row`);
    claim(!log.settled.has(position), () => `sends ${position}, which is settled`);
    claim(!log.refused.has(position), () => `sends ${position}, which is being buried`);
    claim(!onTheirWay.has(position), () => `sends ${position} twice at once`);
    onTheirWay.add(position);
  }
}
