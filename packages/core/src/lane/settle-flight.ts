/** What follows when a request has ended: with a reply, without evidence, or given up by us. */
import type { Fault } from "../evidence/fault.ts";
import { afterAnswer, afterTooLarge } from "./batching.ts";
import { changeHealth, type Failure, fail, requeue } from "./fail-flight.ts";
import { afterAbort, afterSuccess, spendsAttempts } from "./health.ts";
import type { At, Flight, Lane, LaneRules } from "./lane.ts";
import type { LaneCommand, LaneEvent } from "./lane-event.ts";
import type { LaneItem } from "./lane-item.ts";
import { paceAfterAnswer } from "./pace.ts";
import { provenWell, trialFailed, trialPassed } from "./suspicion.ts";

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
  const failures: Failure[] = [];
  flight.items.forEach((item, index) => {
    const outcome = event.outcomes[index];
    if (outcome === undefined || outcome.kind === "failed") {
      failures.push({ item, fault: outcome?.fault ?? UNANSWERED });
    } else if (outcome.kind === "refused") {
      item.attempts += 1;
      bury(lane, item, outcome.fault, "refused", commands);
      if (item.replay) commands.push({ kind: "replayed", item, outcome: "failed" });
    } else if (item.replay) commands.push({ kind: "replayed", item, outcome: "acknowledged" });
  });
  if (failures.length < flight.items.length) {
    lane.batching = afterAnswer(lane.batching, flight.items.length, at.nowMs, rules.batchRetryMs);
    took(lane, flight, failures.length, commands);
  }
  const fault = failures.at(-1)?.fault;
  if (fault === undefined) {
    succeed(lane, flight, rules, at, commands);
    return;
  }
  // A region that takes some rows of each request is not away, however often it fails others: its lane never opens for those.
  if (failures.length < flight.items.length) regain(lane, at, commands);
  fail(lane, flight, failures, { fault, treatment: "retry" }, rules, at, commands);
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
    const failures = flight.items.map((item) => ({ item, fault }));
    fail(lane, flight, failures, { fault, treatment }, rules, at, commands);
    return;
  }
  if (flight.items.length > 1) {
    lane.batching = treatment === "split" ? afterTooLarge(lane.batching, flight.items.length) : { kind: "doubted" };
  }
  // The region has answered, and is as well as before; what it did not like was the form.
  untried(lane, flight, rules, at, commands);
}

/** We gave the request up ourselves. */
export function abort(lane: Lane, id: number, rules: LaneRules, at: At, commands: LaneCommand[]): void {
  const flight = endFlight(lane, id);
  if (flight === undefined) return;
  untried(lane, flight, rules, at, commands);
}

/** Nothing is known of these rows that was not known before: they go out again. */
function untried(lane: Lane, flight: Flight, rules: LaneRules, at: At, commands: LaneCommand[]): void {
  const { kind, items } = flight;
  if (kind === "replay") lane.replays.unshift(...items);
  else if (kind !== "trial") requeue(lane, items);
  else if (lane.suspicion !== undefined) trialFailed(lane.suspicion, items, undefined);
  const after = afterAbort(lane.health, rules, at.nowMs, at.random);
  if (after !== lane.health) changeHealth(lane, after, commands);
}

/** The region has taken rows: it is well, and what of a trial is left is fewer. */
function took(lane: Lane, flight: Flight, left: number, commands: LaneCommand[]): void {
  lane.parkedInVain = false;
  lane.doubted = false;
  const { suspicion } = lane;
  if (suspicion === undefined) return;
  suspicion.vainRounds = 0;
  if (flight.kind === "trial") {
    if (left === 0) trialPassed(suspicion);
    if (suspicion.items.length + left === 0) lane.suspicion = undefined;
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
  } else {
    // Asked for the sake of suspects, or of poison: that it answers does not show that it takes receipts.
    const beside = lane.health.kind === "healthy" || (lane.suspicion !== undefined && spendsAttempts(lane.health));
    lane.doubted = false;
    if (lane.suspicion !== undefined) {
      lane.suspicion.due = true;
      judgeTrial(lane, flight, commands);
    }
    if (beside) return;
  }
  const { health } = lane;
  regain(lane, at, commands);
  if (health === lane.health && flight.period === lane.period) {
    lane.window = Math.min(lane.window * 2, rules.windowMax);
  }
}

/** The region is well, but for a rest that it asked for. */
function regain(lane: Lane, at: At, commands: LaneCommand[]): void {
  const after = afterSuccess(lane.health, at.nowMs);
  if (after.kind === "healthy") lane.heard = false;
  if (after !== lane.health) changeHealth(lane, after, commands);
}

/** A trial that failed before this request was sent was the fault of its rows. */
function judgeTrial(lane: Lane, flight: Flight, commands: LaneCommand[]): void {
  const { suspicion } = lane;
  if (suspicion === undefined) return;
  const parked = provenWell(suspicion, flight.id, !lane.parkedInVain);
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

function endFlight(lane: Lane, id: number): Flight | undefined {
  const flight = lane.flights.get(id);
  if (flight !== undefined) lane.flights.delete(id);
  return flight;
}
