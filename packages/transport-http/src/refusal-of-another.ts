/**
 * Is a refusal about the receipt that was sent? Ours name the receipt and, for a conflict, the digest that was offered; a
 * refusal of another one, replayed or mixed up on the way, must not bury this one (I1).
 */
import { type Fault, mismatchFault } from "@rsync/core";
import type { HttpReply } from "./exchange.ts";
import { fieldsOf, parseReplyJson } from "./reply-json.ts";

/** What was sent. */
export interface Sent {
  readonly receiptId: string;
  readonly digest: string;
}

/** The mismatch, or nothing where the reply names what was sent, or names nothing at all. */
export function refusalOfAnother(reply: HttpReply, sent: Sent): Fault | undefined {
  const json = parseReplyJson(reply.body);
  if (json.kind === "notJson") return undefined;
  const { receipt_id: receiptId, offered_digest: digest } = fieldsOf(json.value);
  if (typeof receiptId === "string" && receiptId !== sent.receiptId) {
    return mismatchFault("receiptId", sent.receiptId, receiptId);
  }
  return typeof digest === "string" && digest !== sent.digest
    ? mismatchFault("digest", sent.digest, digest)
    : undefined;
}
