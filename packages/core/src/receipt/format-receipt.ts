/** A receipt as wire JSON, with every digit of its span id. */
import { hexFromBytes } from "./hex.ts";
import type { PartialEnvelope } from "./parse-receipt.ts";
import type { Receipt } from "./receipt.ts";

/**
 * JSON text of one receipt: the six fields in the order of the seeds, then the known fields of the envelope. `span_id`
 * is a JSON number with all its digits, which `JSON.stringify` could not write. `parseWireReceipt` reads it back equal.
 */
export function formatWireReceipt(receipt: Receipt, envelope?: Partial<PartialEnvelope>): string {
  const fields =
    `{"receipt_id":${JSON.stringify(receipt.receiptId)},"transaction_id":${JSON.stringify(receipt.transactionId)}` +
    `,"hash":"${hexFromBytes(receipt.hash)}","ticks":${receipt.ticks},"span_id":${receipt.spanId}` +
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
