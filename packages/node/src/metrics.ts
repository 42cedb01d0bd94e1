import type { Fault } from "@rsync/core";
import { BATCH_BOUNDS, DURATION_BOUNDS_MS, Histogram, type HistogramFigures } from "./histogram.ts";
import type { SyncResult } from "./sync-result.ts";

/** Why a request to a region gave no evidence: the kinds of faults. */
export type FailureCounts = { readonly [Kind in Fault["kind"]]: number };

/** What was counted of delivering to one region since the manager started. */
export interface DeliveryFigures {
  /** Requests that carried receipts, whatever became of them. */
  readonly requests: number;
  /** Those that gave no evidence, by kind of fault. */
  readonly failures: FailureCounts;
  /** Receipts: acknowledged, refused, and those of requests or items that failed and are tried again. */
  readonly acknowledged: number;
  readonly refused: number;
  readonly failed: number;
  /** Receipts per request. */
  readonly batchReceipts: HistogramFigures;
  /** Milliseconds from sending to reply, of requests that were answered. */
  readonly requestMs: HistogramFigures;
}

/** Counts deliveries to one region. */
export class DeliveryMeter {
  readonly #failures: Record<Fault["kind"], number> = {
    unreachable: 0,
    broken: 0,
    timeout: 0,
    aborted: 0,
    status: 0,
    garbled: 0,
    mismatch: 0,
  };
  readonly #batchReceipts = new Histogram(BATCH_BOUNDS);
  readonly #requestMs = new Histogram(DURATION_BOUNDS_MS);
  #requests = 0;
  #acknowledged = 0;
  #refused = 0;
  #failed = 0;

  sent(receipts: number): void {
    this.#requests += 1;
    this.#batchReceipts.add(receipts);
  }

  replied(tookMs: number, outcomes: readonly ({ readonly kind: string } | undefined)[]): void {
    this.#requestMs.add(tookMs);
    for (const outcome of outcomes) {
      if (outcome?.kind === "acknowledged") this.#acknowledged += 1;
      else if (outcome?.kind === "refused") this.#refused += 1;
      else this.#failed += 1;
    }
  }

  failed(fault: Fault, receipts: number): void {
    this.#failures[fault.kind] += 1;
    this.#failed += receipts;
  }

  get figures(): DeliveryFigures {
    return {
      requests: this.#requests,
      failures: { ...this.#failures },
      acknowledged: this.#acknowledged,
      refused: this.#refused,
      failed: this.#failed,
      batchReceipts: this.#batchReceipts.figures,
      requestMs: this.#requestMs.figures,
    };
  }
}

/** What was counted of submissions since the manager started. */
export interface SyncFigures {
  /** Submitted receipts by how their wait ended; those answered from the cache count as committed. */
  readonly outcomes: { readonly [Outcome in SyncResult["outcome"]]: number };
  /** Receipts that found no room, or waited for it too long ({@link OverloadedError}). */
  readonly overloaded: number;
  /** Milliseconds from the call to its result, of what had to be waited for; room and the own log included. */
  readonly syncMs: HistogramFigures;
  /** Milliseconds until the own log had committed what was submitted, its queue included. */
  readonly commitMs: HistogramFigures;
}

/** Everything that a manager counts; shared by the engines of all its configurations. */
export class Metrics {
  readonly #outcomes: Record<SyncResult["outcome"], number> = { committed: 0, pending: 0, refused: 0, disabled: 0 };
  readonly #syncMs = new Histogram(DURATION_BOUNDS_MS);
  readonly #commitMs = new Histogram(DURATION_BOUNDS_MS);
  readonly #deliveries = new Map<string, DeliveryMeter>();
  #overloaded = 0;

  synced(outcome: SyncResult["outcome"], tookMs: number | undefined): void {
    this.#outcomes[outcome] += 1;
    if (tookMs !== undefined) this.#syncMs.add(tookMs);
  }

  committed(tookMs: number): void {
    this.#commitMs.add(tookMs);
  }

  overloaded(receipts: number): void {
    this.#overloaded += receipts;
  }

  /** The meter of a region, the same whatever configuration is in force. */
  delivery(regionId: string): DeliveryMeter {
    const meter = this.#deliveries.get(regionId) ?? new DeliveryMeter();
    this.#deliveries.set(regionId, meter);
    return meter;
  }

  get syncs(): SyncFigures {
    return {
      outcomes: { ...this.#outcomes },
      overloaded: this.#overloaded,
      syncMs: this.#syncMs.figures,
      commitMs: this.#commitMs.figures,
    };
  }
}
