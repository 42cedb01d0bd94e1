import type { Fault } from "./fault.ts";

/**
 * What a lane does about a fault (DESIGN §6, §8): `retry` with its backoff; `refusal`: this receipt goes to dead letters and
 * the region counts as refusing; `pause`: nothing will help but a person, so probe slowly and say so loudly.
 */
export type Treatment = "retry" | "refusal" | "pause";

/** What is known of the region that answered. */
export interface FaultContext {
  /** It has acknowledged at least once in the seeds' form and never sent our headers: then its bare status counts as a refusal. */
  readonly seedStyle: boolean;
  /** Receipts that the request carried: 413 condemns a receipt only when it was alone. */
  readonly receipts: number;
}

const REFUSING = new Map<number, string>([
  [409, "conflict"],
  [422, "invalid-receipt"],
  [413, "too-large"],
]);

const PAUSING: ReadonlySet<number> = new Set([401, 403, 404, 405]);

/**
 * The one table. Everything that is neither an acknowledgement nor a refusal is retried, 507 included, but for what pauses.
 *
 * Known limit: a receipt that a region answers with 500 or 400 every time is retried for ever and stays at the head of its
 * lane. After a failure one request is in flight at a time (L4), so the receipts behind it wait until the region takes it.
 */
export function treatmentOf(fault: Fault, context: FaultContext): Treatment {
  switch (fault.kind) {
    case "mismatch":
      return fault.field === "region" || fault.field === "store" ? "pause" : "retry";
    case "status":
      if (isRefusal(fault, context)) return "refusal";
      return PAUSING.has(fault.status) || (fault.status >= 300 && fault.status < 400) ? "pause" : "retry";
    case "unreachable":
    case "broken":
    case "timeout":
    case "aborted":
    case "garbled":
      return "retry";
  }
}

function isRefusal(fault: Extract<Fault, { kind: "status" }>, context: FaultContext): boolean {
  const refusing = REFUSING.get(fault.status);
  if (refusing === undefined) return false;
  if (fault.status === 413 && context.receipts !== 1) return false;
  return fault.problem === undefined ? context.seedStyle : fault.problem.kind === refusing;
}
