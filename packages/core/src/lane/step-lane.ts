import type { Fault } from "../evidence/fault.ts";
import type { LogRow } from "../seams/receipt-store.ts";
import { dispatch } from "./dispatch.ts";
import {
  afterAbort,
  afterFailure,
  afterPause,
  afterSharedFailure,
  afterSignOfLife,
  afterSuccess,
  type Health,
  wakesAt,
} from "./health.ts";
import type { At, Flight, Lane, LaneCommand, LaneEvent, LaneItem, LaneRules, NextAttempt } from "./lane.ts";
import { settledThrough } from "./lane.ts";
import { PositionQueue } from "./position-queue.ts";
import { type PositionRange, UnreadRanges } from "./unread-ranges.ts";

/** The fault of an item that a reply says nothing about: it confirms nothing (DESIGN §11). */
const UNANSWERED: Fault = {
  kind: "garbled",
  status: 200,
  detail: "the reply says nothing about this receipt",
  excerpt: "",
};

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
  let earliest: number | undefined;
  const at = (time: number | undefined): void => {
    if (time !== undefined && time > nowMs && (earliest === undefined || time < earliest)) earliest = time;
  };
  at(wakesAt(lane.health));
  if (lane.unread.first() !== undefined) at(lane.readAgainAtMs);
  if (lane.buriesDue.size > 0) at(lane.buryAgainAtMs);
  return earliest;
}

function take(lane: Lane, event: LaneEvent, rules: LaneRules, at: At, commands: LaneCommand[]): void {
  switch (event.kind) {
    case "appended":
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
    case "failed": {
      const flight = endFlight(lane, event.id);
      if (flight !== undefined) fail(lane, flight, event.fault, event.treatment, rules, at, commands);
      return;
    }
    case "aborted":
      aborted(lane, event.id, rules, at, commands);
      return;
    case "buried":
      lane.burying.delete(event.id);
      return;
    case "buryFailed": {
      const burial = lane.burying.get(event.id);
      if (burial === undefined) return;
      lane.buriesDue.set(event.id, burial);
      lane.buryAgainAtMs = at.nowMs + rules.readRetryMs;
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

function read(lane: Lane, range: PositionRange, rows: readonly LogRow[]): void {
  lane.reading = undefined;
  lane.readAgainAtMs = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    lane.backlog.insert({ position: row.position, row, bytes: bytesOf(row), live: false, attempts: 0 });
  }
  lane.unread.read({ after: range.after, through: rows.at(-1)?.position ?? range.through });
}

function replied(
  lane: Lane,
  event: Extract<LaneEvent, { kind: "replied" }>,
  rules: LaneRules,
  at: At,
  commands: LaneCommand[],
): void {
  const flight = endFlight(lane, event.id);
  if (flight === undefined) return;
  const unanswered: LaneItem[] = [];
  flight.items.forEach((item, index) => {
    const outcome = event.outcomes[index];
    if (outcome === undefined) unanswered.push(item);
    else if (outcome.kind === "refused") bury(lane, item, outcome.fault, commands);
  });
  if (unanswered.length > 0) fail(lane, { ...flight, items: unanswered }, UNANSWERED, "retry", rules, at, commands);
  else succeed(lane, flight, rules, at, commands);
}

/** The window grows with successes of requests that were sent after the last failure. */
function succeed(lane: Lane, flight: Flight, rules: LaneRules, at: At, commands: LaneCommand[]): void {
  const after = afterSuccess(lane.health, at.nowMs);
  if (after.kind === "healthy") lane.heard = false;
  if (after !== lane.health) changeHealth(lane, after, commands);
  else if (flight.period === lane.period) lane.window = Math.min(lane.window * 2, rules.windowMax);
}

function bury(lane: Lane, item: LaneItem, fault: Fault, commands: LaneCommand[]): void {
  item.attempts += 1;
  const id = lane.nextId;
  lane.nextId += 1;
  lane.burying.set(id, { item, fault });
  commands.push({ kind: "bury", id, item, fault });
}

/** One failure of the lane, whatever else was in flight with it (L4); a probe is alone, so its failure always counts. */
function fail(
  lane: Lane,
  flight: Flight,
  fault: Fault,
  treatment: "retry" | "pause",
  rules: LaneRules,
  at: At,
  commands: LaneCommand[],
): void {
  if (flight.spendsAttempt) for (const item of flight.items) item.attempts += 1;
  giveBack(lane, flight.items);
  if (flight.period === lane.period || lane.health.kind === "probing") {
    lane.period += 1;
    lane.window = 1;
    const after =
      treatment === "pause"
        ? afterPause(lane.health, fault, rules, at.nowMs)
        : afterFailure(lane.health, fault, rules, at.nowMs, at.random);
    changeHealth(lane, after, commands);
  } else {
    lane.health = afterSharedFailure(lane.health, fault, at.nowMs);
  }
  for (const item of flight.items) {
    commands.push({ kind: "attemptFailed", item, fault, next: nextAttempt(lane, item, flight, rules, at) });
  }
}

function aborted(lane: Lane, id: number, rules: LaneRules, at: At, commands: LaneCommand[]): void {
  const flight = endFlight(lane, id);
  if (flight === undefined) return;
  giveBack(lane, flight.items);
  const after = afterAbort(lane.health, rules, at.nowMs, at.random);
  if (after !== lane.health) changeHealth(lane, after, commands);
}

function nextAttempt(lane: Lane, item: LaneItem, flight: Flight, rules: LaneRules, at: At): NextAttempt {
  if (lane.health.kind === "paused") return { kind: "paused" };
  if (!flight.spendsAttempt || item.attempts > rules.maxRetries + 1) return { kind: "silent" };
  if (item.attempts === rules.maxRetries + 1) return { kind: "exhausted" };
  if (lane.health.kind === "open") return { kind: "opened" };
  return { kind: "retrying", delayMs: Math.max(0, (wakesAt(lane.health) ?? at.nowMs) - at.nowMs) };
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

function restartAt(lane: Lane, cursor: number): void {
  lane.period += 1;
  lane.cursor = cursor;
  lane.unread = new UnreadRanges({ after: cursor, through: lane.end });
  lane.reading = undefined;
  lane.live = new PositionQueue();
  lane.backlog = new PositionQueue();
  lane.queuedBytes = 0;
  for (const [id, flight] of lane.flights) lane.flights.set(id, { ...flight, items: [] });
  lane.burying = new Map();
  lane.buriesDue = new Map();
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
