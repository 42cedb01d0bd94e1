import type { Fault } from "../evidence/fault.ts";
import { type BackoffRules, backoffMs } from "./backoff.ts";

/** When a lane gives a region a rest, and for how long. */
export interface HealthRules {
  readonly backoff: BackoffRules;
  /** Consecutive failures after which the lane opens: max(5, maxRetries + 2), so that a call's own retries come first. */
  readonly openAfterFailures: number;
  /** First and longest cooldown of an open lane; it doubles from probe to probe, with equal jitter. */
  readonly cooldownInitialMs: number;
  readonly cooldownMaxMs: number;
  /** Between the probes of a paused lane. */
  readonly pauseProbeMs: number;
}

/**
 * One machine for backoff and breaker (DESIGN §8). `failures` counts consecutive ones; `untilMs` is what a resting
 * lane waits for. While `open`, `paused` or `probing`, a lane spends no attempts and no call waits for it.
 */
export type Health =
  | { readonly kind: "healthy" }
  | {
      readonly kind: "backingOff";
      readonly failures: number;
      readonly untilMs: number;
      /** The region asked for rest until then (`Retry-After`); a sign of life does not cut it short. */
      readonly notBeforeMs: number;
      readonly fault: Fault;
    }
  | {
      readonly kind: "open";
      readonly failures: number;
      readonly untilMs: number;
      readonly notBeforeMs: number;
      readonly opened: number;
      readonly fault: Fault;
    }
  /** `opened` counts the cooldowns since the last success; 0 when the probe came out of a pause. */
  | { readonly kind: "probing"; readonly failures: number; readonly opened: number; readonly fault: Fault }
  | { readonly kind: "paused"; readonly failures: number; readonly untilMs: number; readonly fault: Fault };

export const HEALTHY: Health = { kind: "healthy" };

/** `Retry-After` is honoured up to this: a region must not be able to send itself to sleep for ever. */
const RETRY_AFTER_MAX_MS = 300_000;

/** Consecutive failures so far. */
export function failuresOf(health: Health): number {
  return health.kind === "healthy" ? 0 : health.failures;
}

/** A request that spends one of its receipts' attempts may be sent only in these states. */
export function spendsAttempts(health: Health): boolean {
  return health.kind === "healthy" || health.kind === "backingOff";
}

/** A request went out: out of an open or paused lane it is the one probe. */
export function afterSending(health: Health): Health {
  if (health.kind === "open") {
    return { kind: "probing", failures: health.failures, opened: health.opened, fault: health.fault };
  }
  if (health.kind === "paused") {
    return { kind: "probing", failures: health.failures, opened: 0, fault: health.fault };
  }
  return health;
}

/** One step of failure. Requests that were in flight together count once: the lane calls this for the first of them only. */
export function afterFailure(health: Health, fault: Fault, rules: HealthRules, nowMs: number, random: number): Health {
  const failures = failuresOf(health) + 1;
  const notBeforeMs = nowMs + retryAfterOf(fault);
  if (health.kind === "probing" || failures >= rules.openAfterFailures) {
    const opened = health.kind === "probing" ? health.opened + 1 : 1;
    const untilMs = Math.max(nowMs + cooldownMs(rules, opened, random), notBeforeMs);
    return { kind: "open", failures, untilMs, notBeforeMs, opened, fault };
  }
  const untilMs = Math.max(nowMs + backoffMs(rules.backoff, failures, random), notBeforeMs);
  return { kind: "backingOff", failures, untilMs, notBeforeMs, fault };
}

/** A request that was in flight with one that failed has failed too: no further step, but what it asked for is honoured. */
export function afterSharedFailure(health: Health, fault: Fault, nowMs: number): Health {
  if (health.kind !== "backingOff" && health.kind !== "open") return health;
  const notBeforeMs = Math.max(health.notBeforeMs, nowMs + retryAfterOf(fault));
  return { ...health, notBeforeMs, untilMs: Math.max(health.untilMs, notBeforeMs) };
}

/** The region lives: what is left of the wait is dropped, but for what the region itself asked for. */
export function afterSignOfLife(health: Health, nowMs: number): Health {
  if (health.kind !== "backingOff" && health.kind !== "open") return health;
  const untilMs = Math.min(health.untilMs, Math.max(nowMs, health.notBeforeMs));
  return untilMs === health.untilMs ? health : { ...health, untilMs };
}

/** A success ends every rest but the one that the region asked for while this request was still on its way. */
export function afterSuccess(health: Health, nowMs: number): Health {
  const asked = (health.kind === "backingOff" || health.kind === "open") && health.notBeforeMs > nowMs;
  return asked ? health : HEALTHY;
}

/** We gave a request up ourselves. A probe that tells nothing leaves the lane where it was, with the same rest before the next. */
export function afterAbort(health: Health, rules: HealthRules, nowMs: number, random: number): Health {
  if (health.kind !== "probing") return health;
  const { failures, opened, fault } = health;
  if (opened === 0) return { kind: "paused", failures, untilMs: nowMs + rules.pauseProbeMs, fault };
  return {
    kind: "open",
    failures,
    untilMs: nowMs + cooldownMs(rules, opened, random),
    notBeforeMs: nowMs,
    opened,
    fault,
  };
}

/** Nothing but a person will help: probe slowly. */
export function afterPause(health: Health, fault: Fault, rules: HealthRules, nowMs: number): Health {
  return { kind: "paused", failures: failuresOf(health) + 1, untilMs: nowMs + rules.pauseProbeMs, fault };
}

/** The moment a waiting state ends; `undefined` where nothing is waited for. */
export function wakesAt(health: Health): number | undefined {
  return health.kind === "healthy" || health.kind === "probing" ? undefined : health.untilMs;
}

function cooldownMs(rules: HealthRules, opened: number, random: number): number {
  return backoffMs({ initialMs: rules.cooldownInitialMs, maxMs: rules.cooldownMaxMs, jitter: "equal" }, opened, random);
}

/** The rest that the region asked for. */
export function retryAfterOf(fault: Fault): number {
  const askedMs = fault.kind === "status" ? fault.retryAfterMs : undefined;
  return askedMs !== undefined && askedMs > 0 ? Math.min(askedMs, RETRY_AFTER_MAX_MS) : 0;
}
