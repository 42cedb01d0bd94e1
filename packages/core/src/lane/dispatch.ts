/** Buries, sends and reads as much as health, window, memory and the other lanes allow right now. */
import { receiptsPerRequest, takesSingles } from "./batching.ts";
import { afterSending, type Health, spendsAttempts } from "./health.ts";
import type { At, Flight, FlightKind, Lane, LaneRules } from "./lane.ts";
import type { LaneCommand } from "./lane-event.ts";
import type { LaneItem } from "./lane-item.ts";
import { backlogAgainAtMs, backlogReceiptsMax, isBesideLive } from "./pace.ts";
import type { PositionQueue } from "./position-queue.ts";
import { takeTrial } from "./suspicion.ts";

export function dispatch(lane: Lane, rules: LaneRules, at: At, commands: LaneCommand[]): void {
  buryAgain(lane, at.nowMs, commands);
  readBacklog(lane, rules, at.nowMs, commands);
  while (maySend(lane, rules, at)) {
    const kind = nextRequest(lane, rules, at.nowMs);
    if (kind === undefined) return;
    send(lane, kind, rules, at.nowMs, commands);
    readBacklog(lane, rules, at.nowMs, commands);
  }
}

/** Whether the lane would send more, were it given another turn ({@link turnsOf}). */
export function isWaiting(lane: Lane, rules: LaneRules, nowMs: number): boolean {
  const free = maySend(lane, rules, { nowMs, random: 0, turns: Number.POSITIVE_INFINITY });
  return free && nextRequest(lane, rules, nowMs) !== undefined;
}

/** L3: where dead letters can not be written, nothing more is sent that could become one. */
function maySend(lane: Lane, rules: LaneRules, { nowMs, turns }: At): boolean {
  const { burying, health } = lane;
  return (
    rested(health, nowMs) && hasRoom(lane, windowOf(lane, rules, nowMs), turns) && burying.size < rules.readRowsMax
  );
}

/**
 * What is or may be poison, and perhaps hangs until its time is up, takes nobody's place: beside it there is room for as many
 * others, and always for one. A lane that is not healthy has one request in flight, whatever it is (L4).
 */
function hasRoom({ flights, health }: Lane, window: number, turns: number): boolean {
  if (health.kind !== "healthy") return flights.size < Math.min(window, turns);
  const rows = flightsOfRows(flights);
  return rows < window && (flights.size < turns || rows === 0);
}

function flightsOfRows(flights: Lane["flights"]): number {
  let rows = 0;
  for (const { kind } of flights.values()) if (kind !== "trial" && kind !== "replay") rows += 1;
  return rows;
}

function rested(health: Health, nowMs: number): boolean {
  if (health.kind === "healthy") return true;
  return health.kind !== "probing" && health.untilMs <= nowMs;
}

/** Only a healthy lane has more than one request in flight (L4). */
function windowOf(lane: Lane, rules: LaneRules, nowMs: number): number {
  if (lane.health.kind !== "healthy") return 1;
  // What one receipt per request costs in round trips, more connections make up for.
  return takesSingles(lane.batching, nowMs) && lane.window >= rules.windowMax ? rules.singlesWindowMax : lane.window;
}

/**
 * What the next request is for. Suspects have the turn after others; live rows come before the backlog, and replays last. With
 * nothing to send, a rest that is over ends in a question: a region that has recovered is noticed without traffic.
 */
function nextRequest(lane: Lane, rules: LaneRules, nowMs: number): FlightKind | undefined {
  const ordinary = nextOfRows(lane, rules, nowMs);
  const suspects = nextOfSuspects(lane, ordinary !== undefined, nowMs);
  if (suspects !== undefined) return suspects;
  if (ordinary !== undefined && isAllInDoubt(lane, rules)) return "probe";
  if (ordinary === "live" && isGathering(lane, rules, nowMs)) return undefined;
  if (ordinary !== undefined) return ordinary;
  if (lane.reading !== undefined) return undefined;
  if (lane.health.kind !== "healthy") return mayProbe(lane) ? "probe" : undefined;
  // Backlog that waits though there is room leaves that room to live rows, not to replays.
  if (lane.backlog.size > 0) return undefined;
  if (lane.doubted) return lane.flights.size === 0 ? "probe" : undefined;
  if (lane.replays.length === 0 || nowMs < lane.replayAgainAtMs || isUnderWay(lane, "replay")) return undefined;
  return "replay";
}

/**
 * Whether an open or paused lane could probe with nothing but rows that would be set apart, were there room for more suspects:
 * none of them would ever show that the region takes the others, which can not even be read before.
 */
function isAllInDoubt({ health, live, backlog }: Lane, { suspectAfterFailures }: LaneRules): boolean {
  if (spendsAttempts(health)) return false;
  return Math.min(leastFailures(live), leastFailures(backlog)) >= suspectAfterFailures;
}

/**
 * Where suspects rest, the next trial shows how the region is. A question ends no backoff beside them, and would be asked again as
 * soon as it was answered, until their rest is over.
 */
function mayProbe({ flights, suspicion, health }: Lane): boolean {
  if (flights.size > 0) return false;
  return suspicion === undefined || suspicion.items.length === 0 || !spendsAttempts(health);
}

/** A trial, or the question whether the region is well where that is not known since the last one. */
function nextOfSuspects(lane: Lane, othersWait: boolean, nowMs: number): FlightKind | undefined {
  const { suspicion, health } = lane;
  if (suspicion === undefined || suspicion.items.length === 0 || nowMs < suspicion.restUntilMs) return undefined;
  if (othersWait && !suspicion.due) return undefined;
  // An open or paused lane sends one request to find out about the region, not about a row.
  if (!spendsAttempts(health)) return undefined;
  if (isUnderWay(lane, "trial") || isUnderWay(lane, "probe")) return undefined;
  return suspicion.unproven ? "probe" : "trial";
}

/**
 * Live rows first. With room for more than one request, the backlog always gets one of them, so that a steady stream can not
 * starve it, and never all, so that a live row does not wait behind it.
 */
function nextOfRows(lane: Lane, rules: LaneRules, nowMs: number): "live" | "backlog" | undefined {
  const { live, backlog } = lane;
  if (backlog.size === 0 || isBacklogResting(lane, nowMs)) return live.size === 0 ? undefined : "live";
  const window = windowOf(lane, rules, nowMs);
  if (window === 1) return live.size > 0 && !isTroubled(lane, live, backlog) ? "live" : "backlog";
  let backlogFlights = 0;
  for (const { kind } of lane.flights.values()) if (kind === "backlog") backlogFlights += 1;
  const lastSlot = flightsOfRows(lane.flights) === window - 1;
  if (live.size > 0 && !(lastSlot && backlogFlights === 0)) return "live";
  return backlogFlights < window - 1 ? "backlog" : undefined;
}

function isBacklogResting({ health, backlogAgainAtMs }: Lane, nowMs: number): boolean {
  return health.kind === "healthy" && nowMs < backlogAgainAtMs;
}

/**
 * A request costs both ends as much as a dozen receipts, and the region's next commit takes in one request as well as four. So
 * where a live request has just gone out, the next one waits for company: a near region answers meanwhile, and towards a distant
 * one the wait is nothing beside the distance. What fills a request has company enough, and the first one waits for nobody.
 */
function isGathering(lane: Lane, rules: LaneRules, nowMs: number): boolean {
  if (lane.queuedBytes >= rules.requestBytesMax || lane.live.size >= liveReceiptsMax(lane, nowMs)) return false;
  for (const { gatherUntilMs } of lane.flights.values()) if (gatherUntilMs > nowMs) return true;
  return false;
}

function liveReceiptsMax({ pace, batching }: Lane, nowMs: number): number {
  return Math.min(pace.receiptsMax, receiptsPerRequest(batching, nowMs));
}

/** Out of an open or paused lane, the backlog probes where all live rows have failed in a way that they could be the cause of. */
function isTroubled({ health }: Lane, live: PositionQueue<LaneItem>, backlog: PositionQueue<LaneItem>): boolean {
  if (spendsAttempts(health)) return false;
  return leastFailures(live) > leastFailures(backlog);
}

/** Infinite where none waits. */
function leastFailures(queue: PositionQueue<LaneItem>): number {
  return queue.lightest(failuresOf)?.failures ?? Number.POSITIVE_INFINITY;
}

function failuresOf({ failures }: LaneItem): number {
  return failures;
}

function isUnderWay(lane: Lane, wanted: FlightKind): boolean {
  for (const { kind } of lane.flights.values()) if (kind === wanted) return true;
  return false;
}

function send(lane: Lane, kind: FlightKind, rules: LaneRules, nowMs: number, commands: LaneCommand[]): void {
  const items = take(lane, kind, rules, nowMs);
  const id = lane.nextId;
  lane.nextId += 1;
  const spendsAttempt = kind !== "probe" && kind !== "replay" && spendsAttempts(lane.health);
  const gatherUntilMs = kind === "live" ? nowMs + rules.gatherMs : nowMs;
  const flight: Flight = { id, items, kind, period: lane.period, spendsAttempt, sentAtMs: nowMs, gatherUntilMs };
  lane.health = afterSending(lane.health);
  lane.flights.set(id, flight);
  commands.push(kind === "probe" ? { kind: "probe", id } : { kind: "send", id, items });
}

function take(lane: Lane, kind: FlightKind, rules: LaneRules, nowMs: number): LaneItem[] {
  switch (kind) {
    case "live":
      return takeRows(lane, lane.live, liveReceiptsMax(lane, nowMs), rules);
    case "backlog":
      return takeBacklog(lane, rules, nowMs);
    case "trial":
      return takeSuspects(lane, rules, nowMs);
    case "replay":
      return lane.replays.splice(0, 1);
    case "probe":
      return [];
  }
}

function takeBacklog(lane: Lane, rules: LaneRules, nowMs: number): LaneItem[] {
  const besideLive = isBesideLive(lane.liveAtMs, nowMs);
  const receiptsMax = Math.min(backlogReceiptsMax(lane.pace, besideLive), liveReceiptsMax(lane, nowMs));
  const items = takeRows(lane, lane.backlog, receiptsMax, rules);
  if (besideLive) lane.backlogAgainAtMs = backlogAgainAtMs(lane.backlogAgainAtMs, items.length, rules, nowMs);
  return items;
}

function takeRows(lane: Lane, queue: PositionQueue<LaneItem>, receiptsMax: number, rules: LaneRules): LaneItem[] {
  if (!spendsAttempts(lane.health)) return takeProbe(lane, queue);
  const items: LaneItem[] = [];
  const ids = new Set<string>();
  let bytes = 0;
  for (let item = queue.first(); item !== undefined && items.length < receiptsMax; item = queue.first()) {
    if (items.length > 0 && bytes + item.bytes > rules.requestBytesMax) break;
    // L5: the later row of an id waits for the next request.
    const { receiptId } = item.row.record;
    if (ids.has(receiptId)) break;
    ids.add(receiptId);
    queue.shift();
    if (item.live) lane.queuedBytes -= item.bytes;
    bytes += item.bytes;
    items.push(item);
  }
  return items;
}

/**
 * An open or paused lane probes with the row that has failed least in a way that it could be the cause of: a poisonous one at
 * the head must not keep the lane from finding out that the region takes the others.
 */
function takeProbe(lane: Lane, queue: PositionQueue<LaneItem>): LaneItem[] {
  const item = queue.lightest(failuresOf);
  if (item === undefined) return [];
  queue.remove(item);
  if (item.live) lane.queuedBytes -= item.bytes;
  return [item];
}

function takeSuspects({ suspicion, batching }: Lane, rules: LaneRules, nowMs: number): LaneItem[] {
  if (suspicion === undefined) return [];
  const receiptsMax = Math.min(rules.receiptsPerRequestMax, receiptsPerRequest(batching, nowMs));
  return takeTrial(suspicion, receiptsMax, rules.requestBytesMax);
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
