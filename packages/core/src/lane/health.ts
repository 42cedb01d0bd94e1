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
 * One machine for backoff and breaker (DESIGN §8). `failures` counts consecutive ones; `since` in each state is what the
 * driver waits for. While `open`, `paused` or `probing`, a lane spends no attempts and no call waits for it.
 */
export type Health =
  | { readonly kind: "healthy" }
  | { readonly kind: "backingOff"; readonly failures: number; readonly untilMs: number; readonly fault: Fault }
  | {
      readonly kind: "open";
      readonly failures: number;
      readonly untilMs: number;
      readonly opened: number;
      readonly fault: Fault;
    }
  | { readonly kind: "probing"; readonly failures: number; readonly opened: number; readonly fault: Fault }
  | { readonly kind: "paused"; readonly failures: number; readonly untilMs: number; readonly fault: Fault };

export const HEALTHY: Health = { kind: "healthy" };

/** `Retry-After` is honoured up to this: a region must not be able to send itself to sleep for ever. */
export const RETRY_AFTER_MAX_MS = 300_000;

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
  const floorMs = nowMs + retryAfterOf(fault);
  if (health.kind === "probing" || health.kind === "open" || failures >= rules.openAfterFailures) {
    const opened = health.kind === "probing" || health.kind === "open" ? health.opened + 1 : 1;
    const cooldown: BackoffRules = { initialMs: rules.cooldownInitialMs, maxMs: rules.cooldownMaxMs, jitter: "equal" };
    const untilMs = Math.max(nowMs + backoffMs(cooldown, opened, random), floorMs);
    return { kind: "open", failures, untilMs, opened, fault };
  }
  const untilMs = Math.max(nowMs + backoffMs(rules.backoff, failures, random), floorMs);
  return { kind: "backingOff", failures, untilMs, fault };
}

/** Nothing but a person will help: probe slowly. */
export function afterPause(health: Health, fault: Fault, rules: HealthRules, nowMs: number): Health {
  return { kind: "paused", failures: failuresOf(health) + 1, untilMs: nowMs + rules.pauseProbeMs, fault };
}

/** The moment a waiting state ends; `undefined` where nothing is waited for. */
export function wakesAt(health: Health): number | undefined {
  return health.kind === "healthy" || health.kind === "probing" ? undefined : health.untilMs;
}

function retryAfterOf(fault: Fault): number {
  const askedMs = fault.kind === "status" ? (fault.retryAfterMs ?? 0) : 0;
  return Math.min(askedMs, RETRY_AFTER_MAX_MS);
}
