import type { Fault } from "../../src/evidence/fault.ts";
import type { LaneRules } from "../../src/lane/lane.ts";
import type { LogRow } from "../../src/seams/receipt-store.ts";

/** The defaults of the seeds, one receipt per request, and memory enough for every test that is not about memory. */
export const RULES: LaneRules = {
  maxRetries: 3,
  backoff: { initialMs: 1_000, maxMs: 4_000, jitter: "none" },
  openAfterFailures: 5,
  cooldownInitialMs: 5_000,
  cooldownMaxMs: 30_000,
  pauseProbeMs: 30_000,
  windowMax: 4,
  singlesWindowMax: 4,
  receiptsPerRequestMax: 1,
  backlogDelayMs: 100,
  besideLiveRestMs: 0,
  batchRetryMs: 600_000,
  suspectAfterFailures: 4,
  requestBytesMax: 1_000_000,
  gatherMs: 0,
  queuedReceiptsMax: 1_000,
  queuedBytesMax: 1_000_000,
  readRowsMax: 100,
  readRetryMs: 1_000,
};

/** What a row of {@link row} weighs in the eyes of a lane. */
export const ROW_BYTES = 316;

/** `sameIdAs`: the position of an earlier row of the same receipt, which this one upgrades. */
export function row(position: number, sameIdAs = position): LogRow {
  return {
    position,
    own: true,
    record: {
      receiptId: `r${String(sameIdAs).padStart(4, "0")}`,
      transactionId: "tx",
      hash: new Uint8Array([1]),
      ticks: 1,
      spanId: 1n,
      committed: true,
      timestamp: "2025-11-16T12:00:00Z",
      sourceRegion: "us-east",
      sourceStore: "store",
      sourceSeq: position,
      digest: "00",
    },
  };
}

/** Nobody listens: whatever is sent, it is not to blame. */
export const UNREACHABLE: Fault = { kind: "unreachable", code: "ECONNREFUSED", detail: "refused" };
/** What a receipt could be the cause of. */
export const INTERNAL = status(500);
/** The same without a word. */
export const TIMEOUT: Fault = { kind: "timeout", timeoutMs: 5_000 };
export const NOT_FOUND = status(404);
export const TOO_LARGE = status(413);
export const FORBIDDEN = status(403);
export const CONFLICT = status(409);

export function status(code: number, retryAfterMs?: number): Fault {
  return { kind: "status", status: code, problem: undefined, retryAfterMs, excerpt: "" };
}

/** A claim that must hold in every run; cheaper than `expect` where a test makes millions of them. */
export function claim(holds: boolean, words: () => string): void {
  if (!holds) throw new Error(words());
}
