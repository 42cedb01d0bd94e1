/** What regions ask each other, and what they answer. */
import type {
  Acknowledgement,
  Fault,
  Identification,
  ReadReply,
  ReceiptRecord,
  ReceiptState,
  RegionDescription,
  TransportResult,
} from "@rsync/core";
import { digestOf } from "../workload/receipts.ts";

/** A request, as it travels. */
export type Request =
  | { readonly kind: "send"; readonly record: ReceiptRecord }
  | { readonly kind: "read"; readonly receiptId: string }
  | { readonly kind: "describe" };

/** A reply, as it travels; each kind answers the request of its name. */
export type Reply =
  | { readonly kind: "send"; readonly acknowledgement: Acknowledgement }
  | { readonly kind: "read"; readonly read: ReadReply }
  | { readonly kind: "describe"; readonly description: RegionDescription };

/** What a sender gets in the end. */
export type Answer = TransportResult<Reply>;

export const NOBODY: Identification = { from: undefined, seen: undefined };

/** An answer that says nothing about who gave it. */
export function failure(fault: Fault): Answer {
  return { kind: "failed", fault, identification: NOBODY };
}

/** What a request is about, for people. */
export function subjectOf(request: Request): string {
  switch (request.kind) {
    case "send":
      return `${request.record.receiptId} ${request.record.digest.slice(0, 6)}${request.record.committed ? "+" : "-"}`;
    case "read":
      return request.receiptId;
    case "describe":
      return "";
  }
}

/** The state that an answer says its region holds; of a read, what its contents amount to. */
export function stateIn(answer: Answer): ReceiptState | undefined {
  if (answer.kind === "failed") return undefined;
  const { reply } = answer;
  if (reply.kind === "send") {
    const { receiptId, digest = "", committed = false } = reply.acknowledgement;
    return { receiptId, digest, committed };
  }
  if (reply.kind !== "read" || reply.read.kind !== "held") return undefined;
  const { receipt } = reply.read;
  return { receiptId: receipt.receiptId, digest: digestOf(receipt), committed: receipt.committed };
}
