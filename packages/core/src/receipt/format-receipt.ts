/** A receipt as wire JSON, with every digit of its span id. */
import { hexFromBytes } from "./hex.ts";
import type { PartialEnvelope } from "./parse-receipt.ts";
import type { Receipt, ReceiptRecord } from "./receipt.ts";

/**
 * JSON text of one receipt: the six fields in the order of the seeds, then the known fields of the envelope. `span_id`
 * is a JSON number with all its digits, which `JSON.stringify` could not write. `parseWireReceipt` reads it back equal.
 */
export function formatWireReceipt(receipt: Receipt, envelope?: Partial<PartialEnvelope>): string {
  return formatFields(receipt, String(receipt.spanId), envelope);
}

/**
 * JSON text of the body of a batch: `{"receipts":[...]}`. Only regions of ours take batches, so `span_id` is a decimal string in
 * them, which every one of them reads: as a number it would have to be put between quotes by who receives it, at a fifth of the
 * cost of parsing ({@link parseWireJson}).
 */
export function formatWireBatch(records: readonly ReceiptRecord[]): string {
  let receipts = "";
  for (const record of records) {
    receipts += `${receipts === "" ? "" : ","}${formatFields(record, `"${record.spanId}"`, record)}`;
  }
  return `{"receipts":[${receipts}]}`;
}

function formatFields(receipt: Receipt, spanId: string, envelope: Partial<PartialEnvelope> | undefined): string {
  const fields =
    `{"receipt_id":${JSON.stringify(receipt.receiptId)},"transaction_id":${JSON.stringify(receipt.transactionId)}` +
    `,"hash":"${hexFromBytes(receipt.hash)}","ticks":${receipt.ticks},"span_id":${spanId}` +
    `,"committed":${receipt.committed}`;
  return envelope === undefined ? `${fields}}` : `${fields}${formatEnvelope(envelope)}}`;
}

function formatEnvelope(envelope: Partial<PartialEnvelope>): string {
  let text = "";
  if (envelope.timestamp !== undefined) text += `,"timestamp":${JSON.stringify(envelope.timestamp)}`;
  if (envelope.sourceRegion !== undefined) text += `,"source_region":${JSON.stringify(envelope.sourceRegion)}`;
  if (envelope.sourceStore !== undefined) text += `,"source_store":${JSON.stringify(envelope.sourceStore)}`;
  if (envelope.sourceSeq !== undefined) text += `,"source_seq":${envelope.sourceSeq}`;
  return text;
}
