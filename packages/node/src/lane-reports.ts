import { describeFault, failuresOf, isAvailable, type LaneCommand, spendsAttempts } from "@rsync/core";
import type { LaneSurroundings } from "./lane-surroundings.ts";
import * as lines from "./log-lines.ts";

/** Tells waiting calls and the log that an attempt of a receipt failed. */
export function reportAttempt(
  lane: LaneSurroundings,
  regionId: string,
  { item, fault, next }: Extract<LaneCommand, { kind: "attemptFailed" }>,
): void {
  const { record } = item.row;
  const { receiptLogger } = lane.around;
  const { maxRetries } = lane.rules;
  const done = next.kind === "exhausted" || next.kind === "paused" || next.kind === "opened";
  lane.waits.tellState(record, {
    kind: "failed",
    regionId,
    attempts: item.attempts,
    trouble: { kind: "fault", fault },
    done,
  });
  if (receiptLogger === undefined) return;
  switch (next.kind) {
    case "retrying":
      receiptLogger(lines.retrying(record.receiptId, regionId, item.attempts, maxRetries, next.delayMs));
      return;
    case "exhausted":
      receiptLogger(lines.retriesExhausted(record.receiptId, regionId, maxRetries));
      receiptLogger(lines.syncFailed(record.receiptId, regionId, describeFault(fault)));
      return;
    case "paused":
      receiptLogger(lines.nonRetryable(record.receiptId, regionId, describeFault(fault)));
      return;
    case "opened":
    case "silent":
      return;
  }
}

/** Tells the log how a region fares, and every waiting call when it is not worth waiting for. */
export function reportHealth(
  lane: LaneSurroundings,
  regionId: string,
  { before, after }: Extract<LaneCommand, { kind: "healthChanged" }>,
): void {
  const { logger, events } = lane.around;
  const failures = failuresOf(after);
  if (after.kind === "healthy") {
    if (isAvailable(failuresOf(before))) return;
    logger(lines.regionAvailable(regionId));
    events.emit("regionAvailable", { regionId });
    return;
  }
  logger(lines.regionFailed(regionId, failures, describeFault(after.fault)));
  if (isAvailable(failuresOf(before)) && !isAvailable(failures)) {
    logger(lines.regionUnavailable(regionId, failures));
    events.emit("regionUnavailable", { regionId, failureCount: failures });
  }
  const pausedBefore = before.kind === "probing" && before.opened === 0;
  if (after.kind === "paused" && !pausedBefore) {
    const reason = describeFault(after.fault);
    logger(lines.regionPaused(regionId, reason, lane.rules.pauseProbeMs));
    events.emit("regionPaused", { regionId, reason });
  }
  if (!spendsAttempts(after)) {
    lane.waits.tellAll({ kind: "closed", regionId, trouble: { kind: "fault", fault: after.fault } });
  }
}
