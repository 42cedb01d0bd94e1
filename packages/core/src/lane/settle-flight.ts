/** What follows when a request has ended: with a reply, without evidence, or given up by us. */
import type { Fault } from "../evidence/fault.ts";
import { isPoisonous } from "../evidence/retry-table.ts";
import { afterAnswer, afterTooLarge } from "./batching.ts";
import {
  afterAbort,
  afterFailure,
  afterPause,
  afterSharedFailure,
  afterSuccess,
  type Health,
  spendsAttempts,
  wakesAt,
} from "./health.ts";
import type { At, Flight, Lane, LaneRules } from "./lane.ts";
import type { LaneCommand, LaneEvent, NextAttempt } from "./lane-event.ts";
import type { LaneItem } from "./lane-item.ts";
import { paceAfterAnswer, paceAfterFailure } from "./pace.ts";
import { provenWell, suspect, trialFailed, trialPassed } from "./suspicion.ts";

/** The fault of an item that a reply says nothing about: it confirms nothing (DESIGN §11). */
const UNANSWERED: Fault = {
  kind: "garbled",
  status: 200,
  detail: "the reply says nothing about this receipt",
  excerpt: "",
};

/** The region answered. What it did not settle has failed, and with it the request. */
export function replied(
  lane: Lane,
  event: Extract<LaneEvent, { kind: "replied" }>,
  rules: LaneRules,
  at: At,
  commands: LaneCommand[],
): void {
  const flight = endFlight(lane, event.id);
  if (flight === undefined) return;
  const left: LaneItem[] = [];
  let fault = UNANSWERED;
  flight.items.forEach((item, index) => {
    const outcome = event.outcomes[index];
    if (outcome === undefined || outcome.kind === "failed") {
      if (outcome !== undefined) fault = outcome.fault;
      left.push(item);
    } else if (outcome.kind === "refused") {
      item.attempts += 1;
      bury(lane, item, outcome.fault, "refused", commands);
      if (item.replay) commands.push({ kind: "replayed", item, outcome: "failed" });
    } else if (item.replay) commands.push({ kind: "replayed", item, outcome: "acknowledged" });
  });
  if (left.length < flight.items.length) {
    lane.batching = afterAnswer(lane.batching, flight.items.length, at.nowMs, rules.batchRetryMs);
    took(lane, flight, left, commands);
  }
  if (left.length > 0) fail(lane, { ...flight, items: left }, fault, "retry", rules, at, commands);
  else succeed(lane, flight, rules, at, commands);
}

/** A request without evidence. */
export function failed(
  lane: Lane,
  event: Extract<LaneEvent, { kind: "failed" }>,
  rules: LaneRules,
  at: At,
  commands: LaneCommand[],
): void {
  const flight = endFlight(lane, event.id);
  if (flight === undefined) return;
  const { fault, treatment } = event;
  if (treatment === "retry" || treatment === "pause") {
    fail(lane, flight, fault, treatment, rules, at, commands);
    return;
  }
  if (flight.items.length > 1) {
    lane.batching = treatment === "split" ? afterTooLarge(flight.items.length) : { kind: "doubted" };
  }
  // The region has answered, and is as well as before; what it did not like was the form.
  giveBack(lane, flight, false);
  const after = afterAbort(lane.health, rules, at.nowMs, at.random);
  if (after !== lane.health) changeHealth(lane, after, commands);
}

/** We gave the request up ourselves. */
export function abort(lane: Lane, id: number, rules: LaneRules, at: At, commands: LaneCommand[]): void {
  const flight = endFlight(lane, id);
  if (flight === undefined) return;
  giveBack(lane, flight, false);
  const after = afterAbort(lane.health, rules, at.nowMs, at.random);
  if (after !== lane.health) changeHealth(lane, after, commands);
}

/** The region has taken rows: it is well, and what of a trial is left is fewer. */
function took(lane: Lane, flight: Flight, left: readonly LaneItem[], commands: LaneCommand[]): void {
  lane.parkedInVain = false;
  const { suspicion } = lane;
  if (suspicion === undefined) return;
  if (flight.kind === "trial") {
    if (left.length === 0) trialPassed(suspicion);
    if (suspicion.items.length + left.length === 0) lane.suspicion = undefined;
  } else if (flight.kind !== "replay") {
    suspicion.due = true;
    judgeTrial(lane, flight, commands);
  }
}

/** The window grows with successes of requests that were sent after the last failure. */
function succeed(lane: Lane, flight: Flight, rules: LaneRules, at: At, commands: LaneCommand[]): void {
  const tookMs = at.nowMs - flight.sentAtMs;
  if (flight.kind !== "probe") {
    lane.pace = paceAfterAnswer(lane.pace, flight.kind === "backlog" ? "backlog" : "other", tookMs, rules);
  } else if (lane.suspicion !== undefined) {
    lane.suspicion.due = true;
    judgeTrial(lane, flight, commands);
    // Asked beside a rest for the sake of suspects: that it answers does not show that it takes receipts.
    if (spendsAttempts(lane.health)) return;
  }
  const after = afterSuccess(lane.health, at.nowMs);
  if (after.kind === "healthy") lane.heard = false;
  if (after !== lane.health) changeHealth(lane, after, commands);
  else if (flight.period === lane.period) lane.window = Math.min(lane.window * 2, rules.windowMax);
}

/** A trial that failed before this request was sent was the fault of its rows. */
function judgeTrial(lane: Lane, flight: Flight, commands: LaneCommand[]): void {
  const { suspicion } = lane;
  if (suspicion === undefined || flight.period !== lane.period) return;
  const parked = provenWell(suspicion, !lane.parkedInVain);
  if (parked === undefined) return;
  lane.parkedInVain = true;
  if (suspicion.items.length === 0) lane.suspicion = undefined;
  bury(lane, parked.item, parked.fault, "poison", commands);
}

function bury(lane: Lane, item: LaneItem, fault: Fault, as: "refused" | "poison", commands: LaneCommand[]): void {
  const id = lane.nextId;
  lane.nextId += 1;
  lane.burying.set(id, { item, fault, as });
  commands.push({ kind: "bury", id, item, fault, as });
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
  const poisonous = isPoisonous(fault);
  for (const item of flight.items) {
    if (flight.spendsAttempt) item.attempts += 1;
    item.failures = poisonous ? item.failures + 1 : 0;
    item.fault = fault;
  }
  if (!setApart(lane, flight, poisonous, rules)) giveBack(lane, flight, poisonous);
  if (flight.kind === "replay") {
    for (const item of flight.items) commands.push({ kind: "replayed", item, outcome: "failed" });
  }
  if (flight.kind !== "trial" && lane.suspicion !== undefined) lane.suspicion.due = true;
  countFailure(lane, flight, fault, treatment, rules, at, commands);
  for (const item of flight.items) {
    if (item.replay) continue;
    commands.push({ kind: "attemptFailed", item, fault, next: nextAttempt(lane, item, flight, rules, at) });
  }
}

function countFailure(
  lane: Lane,
  flight: Flight,
  fault: Fault,
  treatment: "retry" | "pause",
  rules: LaneRules,
  at: At,
  commands: LaneCommand[],
): void {
  if (flight.period !== lane.period && lane.health.kind !== "probing") {
    lane.health = afterSharedFailure(lane.health, fault, at.nowMs);
    return;
  }
  lane.period += 1;
  lane.window = 1;
  lane.pace = paceAfterFailure(lane.pace);
  const after =
    treatment === "pause"
      ? afterPause(lane.health, fault, rules, at.nowMs)
      : afterFailure(lane.health, fault, rules, at.nowMs, at.random);
  changeHealth(lane, after, commands);
}

/** L3: rows that kept failing leave their queue, unless so many are set apart already that it must be the region. */
function setApart(lane: Lane, { kind, items }: Flight, poisonous: boolean, rules: LaneRules): boolean {
  const [first] = items;
  if (!poisonous || (kind !== "live" && kind !== "backlog") || first === undefined) return false;
  if (first.failures < rules.suspectAfterFailures) return false;
  if ((lane.suspicion?.items.length ?? 0) + items.length > rules.receiptsPerRequestMax) return false;
  lane.suspicion = suspect(lane.suspicion, items);
  return true;
}

function giveBack(lane: Lane, { kind, items }: Flight, poisonous: boolean): void {
  if (kind === "replay" || items.length === 0) return;
  if (kind === "trial") {
    if (lane.suspicion !== undefined) trialFailed(lane.suspicion, items, poisonous);
    return;
  }
  for (const item of items) {
    if (item.live) {
      lane.queuedBytes += item.bytes;
      lane.live.insert(item);
    } else {
      lane.backlog.insert(item);
    }
  }
}

function nextAttempt(lane: Lane, item: LaneItem, flight: Flight, rules: LaneRules, at: At): NextAttempt {
  if (lane.health.kind === "paused") return { kind: "paused" };
  if (!flight.spendsAttempt || item.attempts > rules.maxRetries + 1) return { kind: "silent" };
  if (item.attempts === rules.maxRetries + 1) return { kind: "exhausted" };
  if (lane.health.kind === "open") return { kind: "opened" };
  return { kind: "retrying", delayMs: Math.max(0, (wakesAt(lane.health) ?? at.nowMs) - at.nowMs) };
}

function endFlight(lane: Lane, id: number): Flight | undefined {
  const flight = lane.flights.get(id);
  if (flight !== undefined) lane.flights.delete(id);
  return flight;
}

function changeHealth(lane: Lane, after: Health, commands: LaneCommand[]): void {
  const before = lane.health;
  lane.health = after;
  commands.push({ kind: "healthChanged", before, after });
}
