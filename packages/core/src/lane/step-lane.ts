import type { LogRow } from "../seams/receipt-store.ts";
import { dispatch } from "./dispatch.ts";
import { afterSignOfLife, wakesAt } from "./health.ts";
import { type At, bytesOfRow, type Lane, type LaneRules, settledThrough } from "./lane.ts";
import type { LaneCommand, LaneEvent } from "./lane-event.ts";
import { newItem } from "./lane-item.ts";
import { PositionQueue } from "./position-queue.ts";
import { abort, failed, replied } from "./settle-flight.ts";
import { type PositionRange, UnreadRanges } from "./unread-ranges.ts";

/** Takes one event in and returns what is to be done about it. Changes `lane` in place. */
export function stepLane(lane: Lane, event: LaneEvent, rules: LaneRules, at: At): LaneCommand[] {
  const commands: LaneCommand[] = [];
  take(lane, event, rules, at, commands);
  dispatch(lane, rules, at, commands);
  const cursor = settledThrough(lane);
  if (cursor > lane.cursor) {
    lane.cursor = cursor;
    commands.push({ kind: "advanced", cursor });
  }
  return commands;
}

/**
 * When the lane must hear `woke` if nothing else happens before; `undefined` where only an event can move it. Asked after a
 * step at `nowMs`, which has already done whatever was due.
 */
export function wakeAtMs(lane: Lane, nowMs: number): number | undefined {
  let earliest: number | undefined;
  const at = (time: number | undefined): void => {
    if (time !== undefined && time > nowMs && (earliest === undefined || time < earliest)) earliest = time;
  };
  at(wakesAt(lane.health));
  if (lane.backlog.size > 0) at(lane.backlogAgainAtMs);
  if (lane.replays.length > 0) at(lane.replayAgainAtMs);
  if (lane.suspicion !== undefined) at(lane.suspicion.restUntilMs);
  if (lane.unread.first() !== undefined) at(lane.readAgainAtMs);
  if (lane.buriesDue.size > 0) at(lane.buryAgainAtMs);
  if (lane.live.size > 0) for (const { gatherUntilMs } of lane.flights.values()) at(gatherUntilMs);
  return earliest;
}

function take(lane: Lane, event: LaneEvent, rules: LaneRules, at: At, commands: LaneCommand[]): void {
  switch (event.kind) {
    case "appended":
      lane.liveAtMs = at.nowMs;
      for (const row of event.rows) appended(lane, row, rules);
      return;
    case "read":
      if (lane.reading?.id === event.id) read(lane, lane.reading.range, event.rows);
      return;
    case "readFailed":
      if (lane.reading?.id !== event.id) return;
      lane.reading = undefined;
      lane.readAgainAtMs = at.nowMs + rules.readRetryMs;
      return;
    case "replied":
      replied(lane, event, rules, at, commands);
      return;
    case "failed":
      failed(lane, event, rules, at, commands);
      return;
    case "aborted":
      abort(lane, event.id, rules, at, commands);
      return;
    case "buried":
      lane.burying.delete(event.id);
      return;
    case "buryFailed":
      buryFailed(lane, event.id, rules, at.nowMs);
      return;
    case "replay":
      for (const row of event.rows) lane.replays.push(newItem(row, bytesOfRow(row), "replay"));
      return;
    case "heard":
      heard(lane, at.nowMs);
      return;
    case "storeChanged":
      restartAt(lane, event.cursor, commands);
      return;
    case "woke":
      return;
  }
}

function appended(lane: Lane, row: LogRow, rules: LaneRules): void {
  const bytes = bytesOfRow(row);
  lane.end = Math.max(lane.end, row.position);
  if (lane.live.size >= rules.queuedReceiptsMax || lane.queuedBytes + bytes > rules.queuedBytesMax) {
    lane.unread.leave(row.position);
    return;
  }
  lane.unread.taken();
  lane.queuedBytes += bytes;
  lane.live.insert(newItem(row, bytes, "live"));
}

function read(lane: Lane, range: PositionRange, rows: readonly LogRow[]): void {
  lane.reading = undefined;
  lane.readAgainAtMs = Number.NEGATIVE_INFINITY;
  for (const row of rows) lane.backlog.insert(newItem(row, bytesOfRow(row), "backlog"));
  lane.unread.read({ after: range.after, through: rows.at(-1)?.position ?? range.through });
}

function buryFailed(lane: Lane, id: number, rules: LaneRules, nowMs: number): void {
  const burial = lane.burying.get(id);
  if (burial === undefined) return;
  lane.buriesDue.set(id, burial);
  lane.buryAgainAtMs = nowMs + rules.readRetryMs;
}

/**
 * A sign of life ends a wait early, once until the next success: a region that comes back is found at once, and one that can
 * be heard but not reached is not stormed.
 */
function heard(lane: Lane, nowMs: number): void {
  const after = afterSignOfLife(lane.health, nowMs);
  if (lane.heard || after === lane.health) return;
  lane.heard = true;
  lane.health = after;
}

/** Whatever the store before was sent, suspected of or to be sent again says nothing about this one. */
function restartAt(lane: Lane, cursor: number, commands: LaneCommand[]): void {
  for (const item of lane.replays) commands.push({ kind: "replayed", item, outcome: "dropped" });
  for (const { items, kind } of lane.flights.values()) {
    if (kind === "replay") for (const item of items) commands.push({ kind: "replayed", item, outcome: "dropped" });
  }
  lane.period += 1;
  lane.cursor = cursor;
  lane.unread = new UnreadRanges({ after: cursor, through: lane.end });
  lane.reading = undefined;
  lane.live = new PositionQueue();
  lane.backlog = new PositionQueue();
  lane.replays = [];
  lane.replayAgainAtMs = Number.NEGATIVE_INFINITY;
  lane.doubted = false;
  lane.suspicion = undefined;
  lane.parkedInVain = false;
  lane.queuedBytes = 0;
  for (const [id, flight] of lane.flights) lane.flights.set(id, { ...flight, items: [] });
  lane.burying = new Map();
  lane.buriesDue = new Map();
}
