/** What a failure costs: the rows that the request carried, the lane, and those that are under suspicion. */
import type { Fault } from "../evidence/fault.ts";
import { isPoisonous } from "../evidence/retry-table.ts";
import { backoffMs } from "./backoff.ts";
import { afterFailure, afterPause, afterSharedFailure, type Health, retryAfterOf, wakesAt } from "./health.ts";
import type { At, Flight, Lane, LaneRules } from "./lane.ts";
import type { LaneCommand, NextAttempt } from "./lane-event.ts";
import type { LaneItem } from "./lane-item.ts";
import { paceAfterFailure } from "./pace.ts";
import { suspect, trialFailed } from "./suspicion.ts";

/** A row that a request did not settle, and why. */
export interface Failure {
  readonly item: LaneItem;
  readonly fault: Fault;
}

/** What the lane as a whole makes of it. */
interface FailureCause {
  readonly fault: Fault;
  readonly treatment: "retry" | "pause";
}

/** One failure of the lane, whatever else was in flight with it (L4); a probe is alone, so its failure always counts. */
export function fail(
  lane: Lane,
  flight: Flight,
  failures: readonly Failure[],
  cause: FailureCause,
  rules: LaneRules,
  at: At,
  commands: LaneCommand[],
): void {
  for (const { item, fault: own } of failures) {
    if (flight.spendsAttempt) item.attempts += 1;
    item.failures = isPoisonous(own) ? item.failures + 1 : 0;
  }
  const doubtful = isDoubtful(lane, flight, failures);
  const askedMs = Math.max(0, ...failures.map(({ fault }) => retryAfterOf(fault)));
  if (flight.kind === "trial") {
    endTrial(lane, failures, doubtful ? Math.max(trialRestMs(lane, rules, at), askedMs) : 0, at.nowMs);
  } else if (flight.kind === "replay") {
    endReplay(lane, failures, commands);
    // Perhaps each of them brings one of the region's processes down.
    lane.replayAgainAtMs = at.nowMs + Math.max(backoffMs(rules.backoff, 1, at.random), askedMs);
  } else {
    keep(lane, failures, rules);
  }
  if (!doubtful) countFailure(lane, flight, cause, rules, at, commands);
  else if (flight.kind === "replay") lane.doubted = true;
  for (const { item, fault: own } of failures) {
    if (item.replay) continue;
    commands.push({ kind: "attemptFailed", item, fault: own, next: nextAttempt(lane, item, flight, rules, at) });
  }
}

/**
 * A healthy lane tried what it suspects, or any lane once more what is known to be poison, and it failed as such rows do. Whether it
 * is the region after all, other rows or a question will show; until then nobody's delivery is slowed for it. Where the region
 * asks for a rest with such an answer, what it answered about rests.
 */
function isDoubtful({ health }: Lane, { kind }: Flight, failures: readonly Failure[]): boolean {
  if (failures.length === 0 || !failures.every(({ fault }) => isPoisonous(fault))) return false;
  return kind === "replay" || (kind === "trial" && health.kind === "healthy");
}

/** Where nothing can be parked, the same rows fail again and again: seldom, and ever less often. */
function trialRestMs({ suspicion }: Lane, { backoff }: LaneRules, { random }: At): number {
  return backoffMs(backoff, 1 + (suspicion?.vainRounds ?? 0), random);
}

function endTrial(lane: Lane, failures: readonly Failure[], restMs: number, nowMs: number): void {
  // Another store may have taken the region's place: then this was no trial of its rows.
  if (lane.suspicion === undefined || failures.length === 0) return;
  const poisoned = failures.find(({ fault }) => isPoisonous(fault));
  const items = failures.map(({ item }) => item);
  trialFailed(lane.suspicion, items, poisoned && { fault: poisoned.fault, nextId: lane.nextId });
  lane.suspicion.restUntilMs = nowMs + restMs;
}

function endReplay(lane: Lane, failures: readonly Failure[], commands: LaneCommand[]): void {
  othersHadTheirTurn(lane);
  for (const { item } of failures) commands.push({ kind: "replayed", item, outcome: "failed" });
}

function othersHadTheirTurn({ suspicion }: Lane): void {
  if (suspicion !== undefined) suspicion.due = true;
}

/** Where rows go that failed: those under suspicion apart from the others, which go out again. */
function keep(lane: Lane, failures: readonly Failure[], rules: LaneRules): void {
  othersHadTheirTurn(lane);
  const suspects = failures.filter(({ fault }) => isPoisonous(fault)).map(({ item }) => item);
  const apart = mayBeSetApart(lane, suspects, rules);
  if (apart) lane.suspicion = suspect(lane.suspicion, suspects);
  requeue(
    lane,
    failures.filter(({ fault }) => !(apart && isPoisonous(fault))).map(({ item }) => item),
  );
}

function countFailure(
  lane: Lane,
  flight: Flight,
  { fault, treatment }: FailureCause,
  rules: LaneRules,
  at: At,
  commands: LaneCommand[],
): void {
  if (flight.period !== lane.period && lane.health.kind !== "probing") {
    lane.health = afterSharedFailure(lane.health, fault, at.nowMs);
    return;
  }
  lane.period += 1;
  lane.doubted = false;
  lane.window = 1;
  lane.pace = paceAfterFailure(lane.pace);
  const after =
    treatment === "pause"
      ? afterPause(lane.health, fault, rules, at.nowMs)
      : afterFailure(lane.health, fault, rules, at.nowMs, at.random);
  changeHealth(lane, after, commands);
}

/** L3: rows that kept failing leave their queue, unless so many are set apart already that it must be the region. */
function mayBeSetApart({ suspicion }: Lane, items: readonly LaneItem[], rules: LaneRules): boolean {
  if (!items.some(({ failures }) => failures >= rules.suspectAfterFailures)) return false;
  return (suspicion?.items.length ?? 0) + items.length <= Math.max(rules.receiptsPerRequestMax, rules.readRowsMax);
}

/** Rows that are to be sent again, each in its old place. */
export function requeue(lane: Lane, items: readonly LaneItem[]): void {
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
  const restUntilMs = flight.kind === "trial" ? (lane.suspicion?.restUntilMs ?? at.nowMs) : at.nowMs;
  return {
    kind: "retrying",
    delayMs: Math.max(0, restUntilMs - at.nowMs, (wakesAt(lane.health) ?? at.nowMs) - at.nowMs),
  };
}

/** A health that somebody may want to hear of. */
export function changeHealth(lane: Lane, after: Health, commands: LaneCommand[]): void {
  const before = lane.health;
  lane.health = after;
  commands.push({ kind: "healthChanged", before, after });
}
