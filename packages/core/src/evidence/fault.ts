import { shownPeerText } from "./peer-text.ts";
import type { Problem } from "./problem.ts";

/**
 * Why an exchange with a region gave no evidence. A transport classifies once, at its edge; everything after matches `kind`
 * and never the text of a message. What follows from each is one table: {@link treatmentOf}.
 */
export type Fault =
  /** Nothing was sent: connection refused, no route, unknown host, failed handshake. */
  | { readonly kind: "unreachable"; readonly code: string; readonly detail: string }
  /** The connection broke in mid-exchange: the region may hold the receipt. */
  | { readonly kind: "broken"; readonly code: string; readonly detail: string }
  /** No complete reply within the region's timeout: the region may hold the receipt. */
  | { readonly kind: "timeout"; readonly timeoutMs: number }
  /** We gave the exchange up ourselves; it says nothing about the region. */
  | { readonly kind: "aborted" }
  /** A status that is not success; `problem` only where the body was a problem document of ours. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly problem: Problem | undefined;
      readonly retryAfterMs: number | undefined;
      readonly excerpt: string;
    }
  /** A success status over something that is no reply of this protocol: HTML, broken JSON, missing fields, too many bytes. */
  | { readonly kind: "garbled"; readonly status: number; readonly detail: string; readonly excerpt: string }
  /** A well-formed reply about something else than what was asked. */
  | {
      readonly kind: "mismatch";
      readonly field: "receiptId" | "digest" | "committed" | "durability" | "region" | "store";
      readonly expected: string;
      readonly received: string;
    };

/** A `mismatch`. What was received is the peer's text, of any length: it is cut and escaped here, before anybody keeps it. */
export function mismatchFault(
  field: Extract<Fault, { kind: "mismatch" }>["field"],
  expected: string,
  received: string,
): Extract<Fault, { kind: "mismatch" }> {
  return { kind: "mismatch", field, expected: shownPeerText(expected), received: shownPeerText(received) };
}

/** One sentence for people: what was expected, what came. */
export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case "unreachable":
      return `could not be reached (${fault.code}): ${fault.detail}`;
    case "broken":
      return `connection broke before the reply was complete (${fault.code}): ${fault.detail}`;
    case "timeout":
      return `no reply within ${fault.timeoutMs}ms`;
    case "aborted":
      return "given up before a reply came";
    case "status": {
      const said = fault.problem?.detail ?? fault.excerpt;
      return said === "" ? `answered ${fault.status}` : `answered ${fault.status}: ${said}`;
    }
    case "garbled":
      return `answered ${fault.status} with something that is no reply of this protocol: ${fault.detail}`;
    case "mismatch":
      return `answered with ${fault.field} ${fault.received} where ${fault.expected} was expected`;
  }
}
