import { hexFromBytes, type WireReceipt } from "@rsync/core";

/** A receipt and its envelope for people, every digit of it. */
export function receiptFacts({ receipt, envelope }: WireReceipt): readonly (readonly [string, string])[] {
  return [
    ["receipt_id", receipt.receiptId],
    ["transaction_id", receipt.transactionId],
    ["hash", hexFromBytes(receipt.hash)],
    ["ticks", String(receipt.ticks)],
    ["span_id", String(receipt.spanId)],
    ["committed", String(receipt.committed)],
    ["timestamp", envelope.timestamp ?? "unknown"],
    ["source_region", envelope.sourceRegion ?? "unknown"],
    ["source_store", envelope.sourceStore ?? "unknown"],
    ["source_seq", String(envelope.sourceSeq ?? "unknown")],
  ];
}
