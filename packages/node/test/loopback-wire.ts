/** How the loopback network reads what regions say: the replies of the wire protocol. */
import {
  type Acknowledgement,
  type BatchItemReply,
  type Durability,
  type Fault,
  type Identification,
  parseIdentification,
  parseWireJson,
  problemKind,
  type TransportResult,
  UNIDENTIFIED,
} from "@rsync/core";
import type { PeerResponse } from "@rsync/node";

export type WireFields = Readonly<Record<string, unknown>>;
export type Answered = TransportResult<WireFields>;

export function interpret(answer: PeerResponse): Answered {
  const identification = parseIdentification((name) => answer.headers[name]);
  const body = fieldsIn(answer.body);
  if (answer.status === 200) return { kind: "replied", reply: body, identification };
  const retryAfterS = answer.headers["retry-after"];
  const retryAfterMs = retryAfterS === undefined ? undefined : Number(retryAfterS) * 1_000;
  return { kind: "failed", fault: statusFault(answer.status, body, retryAfterMs), identification };
}

export function acknowledgementIn(fields: WireFields, stored?: Durability): Acknowledgement {
  const { receipt_id: receiptId, digest, committed, durability } = fields;
  return {
    receiptId: String(receiptId),
    digest: typeof digest === "string" ? digest : undefined,
    committed: typeof committed === "boolean" ? committed : undefined,
    durability: durabilityIn(durability) ?? stored,
  };
}

/** The items of a reply to a batch; an item that can not be read is none. */
export function itemsIn({ results, durability }: WireFields): readonly BatchItemReply[] {
  return resultsIn(results).flatMap((fields): readonly BatchItemReply[] => {
    const { status, receipt_id: receiptId, problem } = fields;
    if (status === "acknowledged") {
      return [{ kind: "acknowledged", acknowledgement: acknowledgementIn(fields, durabilityIn(durability)) }];
    }
    if (typeof status !== "number" || typeof receiptId !== "string") return [];
    const { offered_digest: digest, ...document } = objectOf(problem);
    const named = typeof digest === "string" ? digest : undefined;
    return [{ kind: "failed", receiptId, digest: named, fault: statusFault(status, document, undefined) }];
  });
}

export function resultsIn(results: unknown): readonly WireFields[] {
  return Array.isArray(results) ? results.map(objectOf) : [];
}

function statusFault(status: number, document: WireFields, retryAfterMs: number | undefined): Fault {
  const kind = problemKind(document["type"]);
  const { title, detail } = document;
  const problem = kind === undefined ? undefined : { kind, title: String(title), detail: String(detail) };
  return { kind: "status", status, problem, retryAfterMs, excerpt: "" };
}

export function fieldsIn(body: string): WireFields {
  const parsed = parseWireJson(body);
  return parsed.kind === "parsed" ? objectOf(parsed.value) : {};
}

function objectOf(value: unknown): WireFields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

export function durabilityIn(value: unknown): Durability | undefined {
  return value === "fsync" || value === "memory" ? value : undefined;
}

export function failed(fault: Fault): {
  readonly kind: "failed";
  readonly fault: Fault;
  readonly identification: Identification;
} {
  return { kind: "failed", fault, identification: UNIDENTIFIED };
}
