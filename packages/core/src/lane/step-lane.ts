import type { LogRow } from "../seams/receipt-store.ts";
import { dispatch } from "./dispatch.ts";
import { afterFailure, afterPause, HEALTHY, type Health, wakesAt } from "./health.ts";
import type { At, Flight, Lane, LaneCommand, LaneEvent, LaneItem, LaneRules, NextAttempt } from "./lane.ts";
import { settledThrough } from "./lane.ts";
import { PositionQueue } from "./position-queue.ts";
import { UnreadRanges } from "./unread-ranges.ts";

/** Takes one event in and returns what is to be done about it. Changes `lane` in place. */
export function stepLane(lane: Lane, event: LaneEvent, rules: LaneRules, at: At): LaneCommand[] {
  const commands: LaneCommand[] = [];
  take(lane, event, rules, at, commands);
  dispatch(lane, rules, at.nowMs, commands);
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
  const restingUntil = lane.live.size + lane.backlog.size > 0 ? wakesAt(lane.health) : undefined;
  const readAt = lane.unread.first() === undefined ? undefined : lane.readAgainAtMs;
  const times = [restingUntil, readAt].filter((time) => time !== undefined && time > nowMs);
  return times.reduce(
    (earliest, time) => (earliest === undefined || (time ?? 0) < earliest ? time : earliest),
    undefined,
  );
}

function take(lane: Lane, event: LaneEvent, rules: LaneRules, at: At, commands: LaneCommand[]): void {
  switch (event.kind) {
    case "appended":
      for (const row of event.rows) appended(lane, row, rules);
      return;
    case "read":
      if (lane.reading?.id === event.id) read(lane, lane.reading.range.through, event.rows);
      return;
    case "readFailed":
      if (lane.reading?.id !== event.id) return;
      lane.reading = undefined;
      lane.readAgainAtMs = at.nowMs + rules.readRetryMs;
      return;
    case "replied":
      replied(lane, event, rules, commands);
      return;
    case "failed":
      failed(lane, event, rules, at, commands);
      return;
    case "aborted":
      giveBack(lane, endFlight(lane, event.id)?.items ?? []);
      return;
    case "buried":
      lane.burying.delete(event.position);
      return;
    case "buryFailed": {
      const item = lane.burying.get(event.position);
      if (item !== undefined && lane.burying.delete(event.position)) giveBack(lane, [item]);
      return;
    }
    case "heard":
      heard(lane, at.nowMs);
      return;
    case "storeChanged":
      restartAt(lane, event.cursor);
      return;
    case "woke":
      return;
  }
}

function appended(lane: Lane, row: LogRow, rules: LaneRules): void {
  const bytes = bytesOf(row);
  lane.end = Math.max(lane.end, row.position);
  if (lane.live.size >= rules.queuedReceiptsMax || lane.queuedBytes + bytes > rules.queuedBytesMax) {
    lane.unread.leave(row.position);
    return;
  }
  lane.unread.taken();
  lane.queuedBytes += bytes;
  lane.live.insert({ position: row.position, row, bytes, live: true, attempts: 0 });
}

function read(lane: Lane, through: number, rows: readonly LogRow[]): void {
  lane.reading = undefined;
  lane.readAgainAtMs = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    lane.backlog.insert({ position: row.position, row, bytes: bytesOf(row), live: false, attempts: 0 });
  }
  lane.unread.readThrough(rows.at(-1)?.position ?? through);
}

function replied(
  lane: Lane,
  event: Extract<LaneEvent, { kind: "replied" }>,
  rules: LaneRules,
  commands: LaneCommand[],
): void {
  const flight = endFlight(lane, event.id);
  if (flight === undefined) return;
  flight.items.forEach((item, index) => {
    const outcome = event.outcomes[index];
    if (outcome === undefined) {
      giveBack(lane, [item]);
    } else if (outcome.kind === "refused") {
      item.attempts += 1;
      lane.burying.set(item.position, item);
      commands.push({ kind: "bury", item, fault: outcome.fault });
    }
  });
  if (lane.health.kind !== "healthy") changeHealth(lane, HEALTHY, commands);
  else lane.window = Math.min(lane.window * 2, rules.windowMax);
}

function failed(
  lane: Lane,
  event: Extract<LaneEvent, { kind: "failed" }>,
  rules: LaneRules,
  at: At,
  commands: LaneCommand[],
): void {
  const flight = endFlight(lane, event.id);
  if (flight === undefined) return;
  if (flight.spendsAttempt) for (const item of flight.items) item.attempts += 1;
  giveBack(lane, flight.items);
  if (flight.period === lane.period) {
    lane.period += 1;
    lane.window = 1;
    const after =
      event.treatment === "pause"
        ? afterPause(lane.health, event.fault, rules, at.nowMs)
        : afterFailure(lane.health, event.fault, rules, at.nowMs, at.random);
    changeHealth(lane, after, commands);
  }
  for (const item of flight.items) {
    commands.push({
      kind: "attemptFailed",
      item,
      fault: event.fault,
      next: nextAttempt(lane, item, flight, rules, at),
    });
  }
}

function nextAttempt(lane: Lane, item: LaneItem, flight: Flight, rules: LaneRules, at: At): NextAttempt {
  if (lane.health.kind === "paused") return { kind: "paused" };
  if (!flight.spendsAttempt || item.attempts > rules.maxRetries + 1) return { kind: "silent" };
  if (item.attempts === rules.maxRetries + 1) return { kind: "exhausted" };
  return { kind: "retrying", delayMs: Math.max(0, (wakesAt(lane.health) ?? at.nowMs) - at.nowMs) };
}

/** A sign of life ends a wait early, once in each period, so that a region that comes back is found at once but not stormed. */
function heard(lane: Lane, nowMs: number): void {
  const { health } = lane;
  if (lane.heardInPeriod === lane.period) return;
  if (health.kind !== "backingOff" && health.kind !== "open") return;
  lane.heardInPeriod = lane.period;
  lane.health = { ...health, untilMs: Math.min(health.untilMs, nowMs) };
}

function restartAt(lane: Lane, cursor: number): void {
  lane.period += 1;
  lane.cursor = cursor;
  lane.unread = new UnreadRanges({ after: cursor, through: lane.end });
  lane.reading = undefined;
  lane.live = new PositionQueue();
  lane.backlog = new PositionQueue();
  lane.queuedBytes = 0;
  lane.flights = new Map();
  lane.burying = new Map();
}

function endFlight(lane: Lane, id: number): Flight | undefined {
  const flight = lane.flights.get(id);
  if (flight !== undefined) lane.flights.delete(id);
  return flight;
}

function giveBack(lane: Lane, items: readonly LaneItem[]): void {
  for (const item of items) {
    if (item.live) {
      lane.queuedBytes += item.bytes;
      lane.live.insert(item);
    } else {
      lane.backlog.insert(item);
    }
  }
}

function changeHealth(lane: Lane, after: Health, commands: LaneCommand[]): void {
  const before = lane.health;
  lane.health = after;
  commands.push({ kind: "healthChanged", before, after });
}

/** What a row weighs in memory and on the wire, roughly: texts, hex, and a fixed part for names and numbers. */
function bytesOf(row: LogRow): number {
  const { record } = row;
  return (
    300 + record.receiptId.length + record.transactionId.length + record.hash.length * 2 + record.sourceRegion.length
  );
}
