/** What regions ask each other, and what they answer. */
import type {
  Acknowledgement,
  BatchItemReply,
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
  | { readonly kind: "batch"; readonly records: readonly ReceiptRecord[] }
  | { readonly kind: "read"; readonly receiptId: string }
  | { readonly kind: "describe" };

/** A reply, as it travels; each kind answers the request of its name. */
export type Reply =
  | { readonly kind: "send"; readonly acknowledgement: Acknowledgement }
  | { readonly kind: "batch"; readonly items: readonly BatchItemReply[] }
  | { readonly kind: "read"; readonly read: ReadReply }
  | { readonly kind: "describe"; readonly description: RegionDescription };

/** What a sender gets in the end. */
export type Answer = TransportResult<Reply>;

export const NOBODY: Identification = { from: undefined, seen: undefined };

/** An answer that says nothing about who gave it. */
export function failure(fault: Fault): Answer {
  return { kind: "failed", fault, identification: NOBODY };
}

/** The receipts that a request brings; none where it only asks. */
export function recordsIn(request: Request): readonly ReceiptRecord[] {
  if (request.kind === "batch") return request.records;
  return request.kind === "send" ? [request.record] : [];
}

/** The ids that a request is about. */
export function idsIn(request: Request): readonly string[] {
  return request.kind === "read" ? [request.receiptId] : recordsIn(request).map(({ receiptId }) => receiptId);
}

/** What a request is about, for people. */
export function subjectOf(request: Request): string {
  if (request.kind === "read") return request.receiptId;
  return recordsIn(request)
    .map(({ receiptId, digest, committed }) => `${receiptId} ${digest.slice(0, 6)}${committed ? "+" : "-"}`)
    .join(" ");
}

/** The states that an answer says its region holds; of a read, what its contents amount to. */
export function statesIn(answer: Answer): readonly ReceiptState[] {
  if (answer.kind === "failed") return [];
  const { reply } = answer;
  switch (reply.kind) {
    case "send":
      return [stateOf(reply.acknowledgement)];
    case "batch":
      return reply.items.flatMap((item) => (item.kind === "acknowledged" ? [stateOf(item.acknowledgement)] : []));
    case "read": {
      if (reply.read.kind !== "held") return [];
      const { receipt } = reply.read;
      return [{ receiptId: receipt.receiptId, digest: digestOf(receipt), committed: receipt.committed }];
    }
    case "describe":
      return [];
  }
}

/** What of a request the answer refuses because other content is held. */
export function refusedIn(request: Request, answer: Answer): readonly ReceiptRecord[] {
  const records = recordsIn(request);
  if (answer.kind === "failed") return isConflict(answer.fault) && records.length === 1 ? records : [];
  if (answer.reply.kind !== "batch") return [];
  const refused = answer.reply.items.flatMap((item) =>
    item.kind === "failed" && isConflict(item.fault) ? [item.receiptId] : [],
  );
  return records.filter(({ receiptId }) => refused.includes(receiptId));
}

function stateOf({ receiptId, digest = "", committed = false }: Acknowledgement): ReceiptState {
  return { receiptId, digest, committed };
}

function isConflict(fault: Fault): boolean {
  return fault.kind === "status" && fault.status === 409;
}
