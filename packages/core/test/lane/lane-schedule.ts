import type { Fault } from "../../src/evidence/fault.ts";
import type { FlightKind, LaneRules } from "../../src/lane/lane.ts";
import type { LaneItem } from "../../src/lane/lane-item.ts";

/** A request in flight, as {@link LaneWorld} remembers it. */
export interface Request {
  readonly id: number;
  readonly items: readonly LaneItem[];
  /** Counts failures and store changes before it: an independent notion of "in flight together". */
  readonly chapter: number;
  readonly store: number;
  /** Sent out of an open or paused lane. */
  readonly probe: boolean;
  /** As the lane says; what it may be is checked when it is sent. */
  readonly kind: FlightKind;
  /** Counts requests. */
  readonly ordinal: number;
}

/** When a lane may send, and how much at once, reckoned a second time from what became of its requests. */
export class LaneSchedule {
  chapter = 0;
  failures = 0;
  restUntilMs = 0;
  askedUntilMs = 0;
  /** Requests at once that a healthy lane may have. */
  window: number;
  readonly #rules: LaneRules;
  /** No request succeeded since the last failure. */
  #recovering = false;
  #heard = false;
  #paused = false;

  constructor(rules: LaneRules) {
    this.#rules = rules;
    this.window = rules.windowMax;
  }

  /** No failure stands that a success would have to end. */
  isHealthy(nowMs: number): boolean {
    return !this.#recovering && nowMs >= this.restUntilMs;
  }

  succeeded(request: Request, nowMs: number): void {
    if (this.askedUntilMs > nowMs && this.#recovering) return;
    if (!this.#recovering && request.chapter === this.chapter) {
      this.window = Math.min(this.window * 2, this.#rules.windowMax);
    }
    this.failures = 0;
    this.#recovering = false;
    this.#heard = false;
    this.#paused = false;
    this.restUntilMs = nowMs;
  }

  failed(request: Request, nowMs: number, fault: Fault | undefined, treatment: "retry" | "pause"): void {
    const asked = fault?.kind === "status" ? Math.min(fault.retryAfterMs ?? 0, 300_000) : 0;
    if (request.chapter === this.chapter || request.probe) {
      this.chapter += 1;
      this.failures += 1;
      this.#recovering = true;
      this.window = 1;
      this.#paused = treatment === "pause";
      this.askedUntilMs = nowMs + (treatment === "retry" ? asked : 0);
      this.restUntilMs = nowMs + this.#leastRestMs(request, treatment);
    } else if (this.#recovering && !this.#paused) {
      this.askedUntilMs = Math.max(this.askedUntilMs, nowMs + asked);
    }
    this.restUntilMs = Math.max(this.restUntilMs, this.askedUntilMs);
  }

  probeAborted(nowMs: number): void {
    this.restUntilMs = nowMs + this.#rules.cooldownInitialMs / 2;
  }

  heard(nowMs: number): void {
    const cutMs = Math.max(nowMs, this.askedUntilMs);
    if (this.#heard || this.#paused || cutMs >= this.restUntilMs) return;
    this.#heard = true;
    this.restUntilMs = cutMs;
  }

  /** The shortest rest that the rules allow after this failure. */
  #leastRestMs(request: Request, treatment: "retry" | "pause"): number {
    const { backoff, openAfterFailures, cooldownInitialMs, pauseProbeMs } = this.#rules;
    if (treatment === "pause") return pauseProbeMs;
    if (request.probe || this.failures >= openAfterFailures) return cooldownInitialMs / 2;
    return Math.min(backoff.initialMs * 2 ** (this.failures - 1), backoff.maxMs);
  }
}
