/**
 * Is this a receipt, and if not, what is wrong with each of its fields?
 *
 * Two forms come in: the wire's JSON with snake_case names, and the TypeScript object with camelCase names. The rules
 * are the same (see `read-field.ts`); problems name fields as their sender writes them. Unknown fields are ignored.
 */
import { parseWireJson } from "./parse-wire-json.ts";
import * as read from "./read-field.ts";
import type { Envelope, Receipt } from "./receipt.ts";
import { type ReceiptProblem, reportProblem } from "./receipt-problem.ts";

/** What a caller hands to `syncReceipt`: a {@link Receipt}, with friendlier forms of the hash and the span id. */
export interface ReceiptInput {
  readonly receiptId: string;
  readonly transactionId: string;
  /** 1 to 256 bytes, or their hex digits. */
  readonly hash: Uint8Array | string;
  readonly ticks: number;
  /** A bigint, a number up to 2^53 - 1, or decimal digits. */
  readonly spanId: bigint | number | string;
  readonly committed: boolean;
}

/** Every bad field of a receipt, at least one. */
export interface InvalidReceipt {
  readonly kind: "invalid";
  readonly problems: readonly ReceiptProblem[];
}

/** A receipt from an object of the TypeScript API. */
export type ParsedReceiptObject = { readonly kind: "parsed"; readonly receipt: Receipt } | InvalidReceipt;

/** A receipt from the wire; fields of the envelope that were absent or null are undefined. */
export interface WireReceipt {
  readonly kind: "parsed";
  readonly receipt: Receipt;
  readonly envelope: PartialEnvelope;
}

/** An envelope whose missing parts the accepting region fills in. */
export type PartialEnvelope = { readonly [Field in keyof Envelope]: Envelope[Field] | undefined };

/** What became of JSON text that should be a receipt. */
export type ParsedWireReceipt = WireReceipt | InvalidReceipt | { readonly kind: "notJson"; readonly message: string };

/** How to treat envelope fields: the peer API reads them, the app API ignores whatever is there. */
export type EnvelopeUse = "read" | "ignored";

interface WireFields {
  readonly receipt_id?: unknown;
  readonly transaction_id?: unknown;
  readonly hash?: unknown;
  readonly ticks?: unknown;
  readonly span_id?: unknown;
  readonly committed?: unknown;
  readonly timestamp?: unknown;
  readonly source_region?: unknown;
  readonly source_store?: unknown;
  readonly source_seq?: unknown;
}

const noEnvelope: PartialEnvelope = {
  timestamp: undefined,
  sourceRegion: undefined,
  sourceStore: undefined,
  sourceSeq: undefined,
};

/**
 * Reads one receipt from JSON text, exactly. `span_id` may be a JSON number or a decimal string, 0 to 2^64 - 1; numbers
 * must be written as plain integers (1.0 and 1e3 are refused). Never throws.
 */
export function parseWireReceipt(text: string, envelopeUse: EnvelopeUse = "read"): ParsedWireReceipt {
  const json = parseWireJson(text);
  return json.kind === "parsed" ? parseWireReceiptValue(json.value, envelopeUse) : json;
}

/**
 * Reads one receipt from a value that {@link parseWireJson} made, such as an element of a batch. A value of plain
 * `JSON.parse` works too, except that a `span_id` number beyond 2^53 - 1 is refused: its digits are already lost.
 */
export function parseWireReceiptValue(value: unknown, envelopeUse: EnvelopeUse = "read"): WireReceipt | InvalidReceipt {
  const problems: ReceiptProblem[] = [];
  if (!isObject(value)) {
    reportProblem(problems, "receipt", "A receipt must be a JSON object", value);
    return { kind: "invalid", problems };
  }
  const fields: WireFields = value;
  const receipt: Receipt = {
    receiptId: read.readIdentifier(problems, "receipt_id", fields.receipt_id),
    transactionId: read.readIdentifier(problems, "transaction_id", fields.transaction_id),
    hash: read.readHexBytes(problems, "hash", fields.hash),
    ticks: read.readU32(problems, "ticks", fields.ticks),
    spanId: read.readU64(problems, "span_id", fields.span_id),
    committed: read.readBoolean(problems, "committed", fields.committed),
  };
  const envelope = envelopeUse === "read" ? readEnvelope(problems, fields) : noEnvelope;
  return problems.length === 0 ? { kind: "parsed", receipt, envelope } : { kind: "invalid", problems };
}

/**
 * Checks what a caller hands in as a receipt and copies it, hash bytes included, so that later changes to the caller's
 * object change nothing. Never throws.
 */
export function parseReceiptObject(value: unknown): ParsedReceiptObject {
  const problems: ReceiptProblem[] = [];
  if (!isObject(value)) {
    reportProblem(problems, "receipt", "A receipt must be an object", value);
    return { kind: "invalid", problems };
  }
  const fields: { readonly [Field in keyof ReceiptInput]?: unknown } = value;
  const receipt: Receipt = {
    receiptId: read.readIdentifier(problems, "receiptId", fields.receiptId),
    transactionId: read.readIdentifier(problems, "transactionId", fields.transactionId),
    hash: read.readBytes(problems, "hash", fields.hash),
    ticks: read.readU32(problems, "ticks", fields.ticks),
    spanId: read.readU64(problems, "spanId", fields.spanId),
    committed: read.readBoolean(problems, "committed", fields.committed),
  };
  return problems.length === 0 ? { kind: "parsed", receipt } : { kind: "invalid", problems };
}

/** Absent and null both mean "not known"; a number without the store that counted it would say nothing. */
function readEnvelope(problems: ReceiptProblem[], fields: WireFields): PartialEnvelope {
  const store = fields.source_store ?? undefined;
  const seq = fields.source_seq ?? undefined;
  if (store === undefined && seq !== undefined) {
    reportProblem(problems, "source_store", "source_store must come with source_seq", store);
  }
  if (seq === undefined && store !== undefined) {
    reportProblem(problems, "source_seq", "source_seq must come with source_store", seq);
  }
  return {
    timestamp: optional(read.readTimestamp, problems, "timestamp", fields.timestamp),
    sourceRegion: optional(read.readIdentifier, problems, "source_region", fields.source_region),
    sourceStore: optional(read.readIdentifier, problems, "source_store", store),
    sourceSeq: optional(read.readSequence, problems, "source_seq", seq),
  };
}

function optional<Value>(
  reader: (problems: ReceiptProblem[], field: string, value: unknown) => Value,
  problems: ReceiptProblem[],
  field: string,
  value: unknown,
): Value | undefined {
  return value === undefined || value === null ? undefined : reader(problems, field, value);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
