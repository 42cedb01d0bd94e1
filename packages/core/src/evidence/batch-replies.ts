import type { ReceiptState } from "../receipt/receipt.ts";
import type { BatchItemReply } from "../seams/transport.ts";

/**
 * Which item of a batch's reply is about which receipt? One answer for each record, in their order; `undefined` where the
 * region said nothing that counts.
 *
 * Matched by id (I1). An id that the reply names more than once is not answered at all: the region contradicts itself, or
 * somebody put two replies together. Items about receipts that were not sent are nobody's, and so is a failure that names other
 * content than was sent; another digest in an acknowledgement {@link judgeAcknowledgement} tells. No two `records` bear the same id.
 */
export function matchBatchReplies(
  records: readonly Pick<ReceiptState, "receiptId" | "digest">[],
  replies: readonly BatchItemReply[],
): readonly (BatchItemReply | undefined)[] {
  return inOrder(records, replies) ?? byId(records, replies);
}

/** Our own regions answer in the order in which they were asked: then nothing need be looked up. */
function inOrder(
  records: readonly Pick<ReceiptState, "receiptId" | "digest">[],
  replies: readonly BatchItemReply[],
): readonly BatchItemReply[] | undefined {
  if (replies.length !== records.length) return undefined;
  for (let index = 0; index < records.length; index++) {
    const record = records[index];
    const reply = replies[index];
    if (record === undefined || reply === undefined || !isAbout(reply, record)) return undefined;
  }
  return replies;
}

function byId(
  records: readonly Pick<ReceiptState, "receiptId" | "digest">[],
  replies: readonly BatchItemReply[],
): readonly (BatchItemReply | undefined)[] {
  const named = new Map<string, BatchItemReply | "repeated">();
  for (const reply of replies) {
    const receiptId = receiptIdOf(reply);
    named.set(receiptId, named.has(receiptId) ? "repeated" : reply);
  }
  return records.map((record) => {
    const reply = named.get(record.receiptId);
    return reply !== undefined && reply !== "repeated" && isAbout(reply, record) ? reply : undefined;
  });
}

function isAbout(reply: BatchItemReply, { receiptId, digest }: Pick<ReceiptState, "receiptId" | "digest">): boolean {
  if (receiptIdOf(reply) !== receiptId) return false;
  return reply.kind === "acknowledged" || reply.digest === undefined || reply.digest === digest;
}

function receiptIdOf(reply: BatchItemReply): string {
  return reply.kind === "acknowledged" ? reply.acknowledgement.receiptId : reply.receiptId;
}
