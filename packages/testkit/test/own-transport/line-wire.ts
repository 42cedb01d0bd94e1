/** The wire: one line of JSON asks, one line of JSON answers. Whatever a peer sent is checked before it is believed. */
import {
  formatIdentification,
  formatWireReceipt,
  type Identification,
  type PartialEnvelope,
  parseIdentification,
  parseWireJson,
  parseWireReceiptValue,
  type Receipt,
} from "@rsync/core";

/** What one region asks another. */
export type LineQuestion =
  | { readonly kind: "send"; readonly receipt: Receipt; readonly envelope: PartialEnvelope }
  | { readonly kind: "read"; readonly receiptId: string }
  | { readonly kind: "describe" };

/** A question as it came in, and who asked. */
export interface AskedLine {
  readonly question: LineQuestion;
  readonly sender: Identification;
}

/** A JSON object, of which nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** A question as its line, and who asks. `formatWireReceipt` writes all digits of a span id, which JSON.stringify can not. */
export function formatQuestion(question: LineQuestion, sender: Identification): string {
  const { kind } = question;
  const receiptId = kind === "read" ? question.receiptId : undefined;
  const head = JSON.stringify({ kind, headers: formatIdentification(sender), receiptId });
  return withReceipt(head, kind === "send" ? formatWireReceipt(question.receipt, question.envelope) : undefined);
}

/** Throws where the line is no question: whoever serves it breaks the connection. */
export function parseQuestion(line: string): AskedLine {
  const fields = parseLine(line);
  const { kind, receipt, receiptId } = fields;
  const sender = identificationIn(fields);
  if (kind === "describe") return { question: { kind }, sender };
  if (kind === "read" && typeof receiptId === "string") return { question: { kind, receiptId }, sender };
  const parsed = parseWireReceiptValue(receipt);
  if (kind === "send" && parsed.kind === "parsed") return { question: { ...parsed, kind }, sender };
  throw new Error("The line is no question");
}

/** A line with a receipt as its last field, if there is one. */
export function withReceipt(object: string, receipt: string | undefined): string {
  return receipt === undefined ? `${object}\n` : `${object.slice(0, -1)},"receipt":${receipt}}\n`;
}

/** The fields of a line; none where it is no JSON object. `parseWireJson` keeps the digits of span ids. */
export function parseLine(line: string): Fields {
  const json = parseWireJson(line);
  return json.kind === "parsed" ? fieldsOf(json.value) : {};
}

/** The members of a JSON object; none of anything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** Who sent a line, by core's own headers: it is they that check every mark. */
export function identificationIn(fields: Fields): Identification {
  const headers = fieldsOf(fields["headers"]);
  return parseIdentification((name) => {
    const value = headers[name];
    return typeof value === "string" ? value : undefined;
  });
}
