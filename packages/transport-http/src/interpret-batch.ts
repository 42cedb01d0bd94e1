/** Reads the reply to a batch. Which item is about which receipt, and what it is worth as evidence, core judges. */
import type { Acknowledgement, BatchItemReply, Durability, ReceiptRecord } from "@rsync/core";
import { isDigest } from "./digest-form.ts";
import { excerptOfText } from "./excerpt.ts";
import type { HttpReply } from "./exchange.ts";
import { garbled } from "./garbled.ts";
import type { Interpreted } from "./interpreted.ts";
import { readDurability } from "./read-durability.ts";
import { readProblem } from "./read-problem.ts";
import { fieldsOf, parseReplyJson } from "./reply-json.ts";
import { statusFault } from "./status-fault.ts";

/**
 * Success is 200 with `{"durability","results":[...]}`. Each result names its receipt: acknowledged, with everything that is
 * evidence, or a status and its problem. `durability` said once holds for every result that does not say its own. One result
 * that can not be read says nothing about its receipt, and nothing about the others.
 */
export function interpretBatch(
  reply: HttpReply,
  sent: readonly Pick<ReceiptRecord, "receiptId">[],
  wallMs: () => number,
): Interpreted<readonly BatchItemReply[]> {
  if (reply.status < 200 || reply.status > 299) return { kind: "failed", fault: statusFault(reply, wallMs) };
  if (reply.status !== 200) return garbled(reply, "the reply to a batch has status 200");
  const json = parseReplyJson(reply.body);
  if (json.kind === "notJson") return garbled(reply, json.detail);
  const { results, durability } = fieldsOf(json.value);
  if (!Array.isArray(results)) return garbled(reply, "results is not an array");
  const stored = readDurability(durability);
  if (stored.kind === "wrong") return garbled(reply, stored.detail);
  return { kind: "replied", reply: readItems(results, sent, stored.value) };
}

function readItems(
  results: readonly unknown[],
  sent: readonly Pick<ReceiptRecord, "receiptId">[],
  durability: Durability | undefined,
): readonly BatchItemReply[] {
  const items: BatchItemReply[] = [];
  const unreadable = new Set<unknown>();
  for (const result of results) {
    const fields: ItemFields = fieldsOf(result);
    const item = readItem(fields, sent, durability);
    if (item === undefined) unreadable.add(fields.receipt_id);
    else items.push(item);
  }
  // Whoever says something that can not be read about a receipt, and something else beside it, has said nothing that counts (I1).
  return unreadable.size === 0 ? items : items.filter((item) => !unreadable.has(receiptIdIn(item)));
}

function receiptIdIn(item: BatchItemReply): string {
  return item.kind === "acknowledged" ? item.acknowledgement.receiptId : item.receiptId;
}

interface ItemFields {
  readonly status?: unknown;
  readonly receipt_id?: unknown;
  readonly index?: unknown;
  readonly digest?: unknown;
  readonly committed?: unknown;
  readonly durability?: unknown;
  readonly problem?: unknown;
}

function readItem(
  fields: ItemFields,
  sent: readonly Pick<ReceiptRecord, "receiptId">[],
  durability: Durability | undefined,
): BatchItemReply | undefined {
  const { status } = fields;
  if (status === "acknowledged") {
    const acknowledgement = readAcknowledgement(fields, durability);
    return acknowledgement === undefined ? undefined : { kind: "acknowledged", acknowledgement };
  }
  const receiptId = receiptIdOf(fields, sent);
  if (receiptId === undefined || !isFailure(status)) return undefined;
  const { offered_digest: digest } = fieldsOf(fields.problem);
  // Content that is named in a way that can not be read is not known to be ours.
  if (digest !== undefined && !isDigest(digest)) return undefined;
  const problem = readProblem(fields.problem);
  const excerpt = fields.problem === undefined ? "" : excerptOfText(JSON.stringify(fields.problem));
  return {
    kind: "failed",
    receiptId,
    digest,
    fault: { kind: "status", status, problem, retryAfterMs: undefined, excerpt },
  };
}

/** Only regions of ours take batches, so everything that ours say must be there. */
function readAcknowledgement(
  { receipt_id: receiptId, digest, committed, durability }: ItemFields,
  storeDurability: Durability | undefined,
): Acknowledgement | undefined {
  if (typeof receiptId !== "string" || !isDigest(digest) || typeof committed !== "boolean") return undefined;
  const own = readDurability(durability);
  if (own.kind === "wrong") return undefined;
  const said = own.value ?? storeDurability;
  return said === undefined ? undefined : { receiptId, digest, committed, durability: said };
}

/** A region that could not read a receipt's id says which one it was by its place in the batch. */
function receiptIdOf(
  { receipt_id: receiptId, index }: ItemFields,
  sent: readonly Pick<ReceiptRecord, "receiptId">[],
): string | undefined {
  if (receiptId !== undefined) return typeof receiptId === "string" ? receiptId : undefined;
  return typeof index === "number" ? sent[index]?.receiptId : undefined;
}

function isFailure(status: unknown): status is number {
  return typeof status === "number" && Number.isInteger(status) && status >= 400 && status <= 599;
}
