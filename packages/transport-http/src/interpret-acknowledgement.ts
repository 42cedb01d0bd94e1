/** Reads the reply to a receipt that was sent. What it is worth as evidence, core judges. */
import type { Acknowledgement } from "@rsync/core";
import { isDigest } from "./digest-form.ts";
import type { HttpReply } from "./exchange.ts";
import { garbled } from "./garbled.ts";
import type { Interpreted } from "./interpreted.ts";
import { readDurability } from "./read-durability.ts";
import { refusalOfAnother, type Sent } from "./refusal-of-another.ts";
import { fieldsOf, parseReplyJson } from "./reply-json.ts";
import { statusFault } from "./status-fault.ts";

/**
 * Success is 200 with `{"status":"acknowledged","receipt_id":...}`, as the seeds have it; `digest`, `committed` and
 * `durability` are ours and may be missing or null. A field of a wrong type makes the whole reply `garbled`. The timestamp
 * is a label that decides nothing (I6), so it may be missing too.
 */
export function interpretAcknowledgement(
  reply: HttpReply,
  sent: Sent,
  wallMs: () => number,
): Interpreted<Acknowledgement> {
  if (reply.status < 200 || reply.status > 299) {
    return { kind: "failed", fault: refusalOfAnother(reply, sent) ?? statusFault(reply, wallMs) };
  }
  if (reply.status !== 200) return garbled(reply, "an acknowledgement has status 200");
  const json = parseReplyJson(reply.body);
  if (json.kind === "notJson") return garbled(reply, json.detail);
  const { status, receipt_id: receiptId, timestamp, digest, committed, durability } = fieldsOf(json.value);
  if (status !== "acknowledged") return garbled(reply, 'status is not "acknowledged"');
  if (typeof receiptId !== "string") return garbled(reply, "receipt_id is not a string");
  if (!isMissing(timestamp) && typeof timestamp !== "string") return garbled(reply, "timestamp is not a string");
  if (!isMissing(digest) && !isDigest(digest)) return garbled(reply, "digest is not 64 lower-case hex digits");
  if (!isMissing(committed) && typeof committed !== "boolean") return garbled(reply, "committed is not true or false");
  const stored = readDurability(durability);
  if (stored.kind === "wrong") return garbled(reply, stored.detail);
  return {
    kind: "replied",
    reply: {
      receiptId,
      digest: digest ?? undefined,
      committed: committed ?? undefined,
      durability: stored.value,
    },
  };
}

function isMissing(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}
