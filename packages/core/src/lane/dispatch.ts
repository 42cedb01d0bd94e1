import { afterSending, type Health, spendsAttempts } from "./health.ts";
import type { Lane, LaneCommand, LaneItem, LaneRules } from "./lane.ts";
import type { PositionQueue } from "./position-queue.ts";

/** Buries, sends and reads as much as health, window and memory allow right now. */
export function dispatch(lane: Lane, rules: LaneRules, nowMs: number, commands: LaneCommand[]): void {
  buryAgain(lane, nowMs, commands);
  readBacklog(lane, rules, nowMs, commands);
  // L3: where dead letters can not be written, nothing more is sent that could become one.
  while (maySend(lane.health, nowMs) && lane.flights.size < windowOf(lane) && lane.burying.size < rules.readRowsMax) {
    const queue = nextQueue(lane);
    if (queue === undefined) {
      probe(lane, commands);
      return;
    }
    send(lane, queue, rules, commands);
    readBacklog(lane, rules, nowMs, commands);
  }
}

/** With nothing to send, a rest that is over ends in a question: a region that has recovered is noticed without traffic. */
function probe(lane: Lane, commands: LaneCommand[]): void {
  if (lane.health.kind === "healthy" || lane.flights.size > 0 || lane.reading !== undefined) return;
  const id = lane.nextId;
  lane.nextId += 1;
  lane.health = afterSending(lane.health);
  lane.flights.set(id, { items: [], period: lane.period, live: false, spendsAttempt: false });
  commands.push({ kind: "probe", id });
}

/** Only a healthy lane has more than one request in flight (L4). */
function windowOf(lane: Lane): number {
  return lane.health.kind === "healthy" ? lane.window : 1;
}

function maySend(health: Health, nowMs: number): boolean {
  if (health.kind === "healthy") return true;
  return health.kind !== "probing" && health.untilMs <= nowMs;
}

/**
 * Live rows first. With room for more than one request, the backlog always gets one of them, so that a steady stream can not
 * starve it, and never all, so that a live row does not wait behind it.
 */
function nextQueue(lane: Lane): PositionQueue<LaneItem> | undefined {
  const { live, backlog } = lane;
  if (backlog.size === 0) return live.size === 0 ? undefined : live;
  const window = windowOf(lane);
  if (window === 1) return live.size > 0 ? live : backlog;
  let backlogFlights = 0;
  for (const flight of lane.flights.values()) if (!flight.live) backlogFlights += 1;
  const lastSlot = lane.flights.size === window - 1;
  if (live.size > 0 && !(lastSlot && backlogFlights === 0)) return live;
  return backlogFlights < window - 1 ? backlog : undefined;
}

function send(lane: Lane, queue: PositionQueue<LaneItem>, rules: LaneRules, commands: LaneCommand[]): void {
  const probe = lane.health.kind === "open" || lane.health.kind === "paused";
  const receiptsMax = probe ? 1 : rules.receiptsPerRequestMax;
  const items: LaneItem[] = [];
  let bytes = 0;
  for (let item = queue.first(); item !== undefined && items.length < receiptsMax; item = queue.first()) {
    if (items.length > 0 && bytes + item.bytes > rules.requestBytesMax) break;
    queue.shift();
    if (item.live) lane.queuedBytes -= item.bytes;
    bytes += item.bytes;
    items.push(item);
  }
  const id = lane.nextId;
  lane.nextId += 1;
  const spendsAttempt = spendsAttempts(lane.health);
  lane.health = afterSending(lane.health);
  lane.flights.set(id, { items, period: lane.period, live: queue === lane.live, spendsAttempt });
  commands.push({ kind: "send", id, items });
}

function buryAgain(lane: Lane, nowMs: number, commands: LaneCommand[]): void {
  if (nowMs < lane.buryAgainAtMs) return;
  for (const [id, burial] of lane.buriesDue) commands.push({ kind: "bury", id, ...burial });
  lane.buriesDue.clear();
}

function readBacklog(lane: Lane, rules: LaneRules, nowMs: number, commands: LaneCommand[]): void {
  if (lane.reading !== undefined || lane.backlog.size >= rules.readRowsMax || nowMs < lane.readAgainAtMs) return;
  if (lane.health.kind !== "healthy" && lane.backlog.size > 0) return;
  const range = lane.unread.first();
  if (range === undefined) return;
  const id = lane.nextId;
  lane.nextId += 1;
  lane.reading = { id, range };
  commands.push({ kind: "read", id, range, rowsMax: rules.readRowsMax });
}
