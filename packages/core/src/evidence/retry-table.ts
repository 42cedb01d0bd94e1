import type { Fault } from "./fault.ts";

/**
 * What a lane does about a fault (DESIGN §6, §8): `retry` with its backoff; `refusal`: this receipt goes to dead letters and
 * the region counts as refusing; `pause`: nothing will help but a person, so probe slowly and say so loudly; `split`: send it in
 * smaller requests; `singles`: see whether the region takes one receipt per request.
 */
export type Treatment = "retry" | "refusal" | "pause" | "split" | "singles";

/** What is known of the region that answered. */
export interface FaultContext {
  /** It has acknowledged at least once in the seeds' form and never sent our headers: then its bare status counts as a refusal. */
  readonly seedStyle: boolean;
  /** Receipts that the request carried: a status condemns a receipt only when it was alone. */
  readonly receipts: number;
}

const REFUSING = new Map<number, string>([
  [409, "conflict"],
  [422, "invalid-receipt"],
  [413, "too-large"],
]);

const PAUSING: ReadonlySet<number> = new Set([401, 403, 404, 405]);

/** Faults of requests that say more about the moment than about what was sent. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504, 507]);

/** The one table. Everything that is neither an acknowledgement nor a refusal is retried, 507 included, but for what pauses. */
export function treatmentOf(fault: Fault, context: FaultContext): Treatment {
  switch (fault.kind) {
    case "mismatch":
      return fault.field === "region" || fault.field === "store" ? "pause" : "retry";
    case "status":
      return treatmentOfStatus(fault, context);
    case "unreachable":
    case "broken":
    case "timeout":
    case "aborted":
    case "garbled":
      return "retry";
  }
}

/** Who answered, and whether that could be written down here: no receipt has a part in it. */
const NOT_OF_WHAT_WAS_SENT: ReadonlySet<string> = new Set(["REOPENED", "REPLACED", "STORE"]);

/**
 * Whether what was sent could be the cause, so that a receipt that meets it again and again comes under suspicion (DESIGN §8,
 * Poison). It condemns nothing by itself: the region must show that it is well otherwise.
 */
export function isPoisonous(fault: Fault): boolean {
  switch (fault.kind) {
    case "broken":
      return !NOT_OF_WHAT_WAS_SENT.has(fault.code);
    case "timeout":
    case "garbled":
      return true;
    case "mismatch":
      return fault.field !== "region" && fault.field !== "store";
    case "status":
      return !PASSING.has(fault.status) && !PAUSING.has(fault.status) && fault.status >= 400 && fault.status <= 500;
    case "unreachable":
    case "aborted":
      return false;
  }
}

function treatmentOfStatus(fault: Extract<Fault, { kind: "status" }>, context: FaultContext): Treatment {
  const { status } = fault;
  if (context.receipts > 1) {
    if (status === 413) return "split";
    // The path of batches, of which a region of the seeds knows nothing.
    if (status === 404 || status === 405) return "singles";
  }
  if (isRefusal(fault, context)) return "refusal";
  return PAUSING.has(status) || (status >= 300 && status < 400) ? "pause" : "retry";
}

function isRefusal(fault: Extract<Fault, { kind: "status" }>, context: FaultContext): boolean {
  const refusing = REFUSING.get(fault.status);
  if (refusing === undefined || context.receipts !== 1) return false;
  return fault.problem === undefined ? context.seedStyle : fault.problem.kind === refusing;
}
