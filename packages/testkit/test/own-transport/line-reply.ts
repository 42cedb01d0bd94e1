/** A region's line in reply, there and back. */
import {
  type Acknowledgement,
  type Durability,
  type Fault,
  formatIdentification,
  formatWireReceipt,
  type Identification,
  parseWireReceiptValue,
  problemKind,
  problemType,
  type ReadReply,
  type RegionDescription,
  type TransportResult,
} from "@rsync/core";
import { type Fields, fieldsOf, identificationIn, parseLine, withReceipt } from "./line-wire.ts";

/** What the server half of the wire can say. */
export type LineReply =
  | {
      readonly kind: "replied";
      readonly reply: Acknowledgement | ReadReply | RegionDescription;
      readonly identification: Identification;
    }
  | {
      readonly kind: "failed";
      readonly fault: Extract<Fault, { kind: "status" }>;
      readonly identification: Identification;
    };

export function formatReply(line: LineReply): string {
  const headers = formatIdentification(line.identification);
  if (line.kind === "failed") {
    const { status, problem, retryAfterMs, excerpt } = line.fault;
    const named = problem === undefined ? undefined : { ...problem, kind: problemType(problem.kind) };
    return withReceipt(
      JSON.stringify({ headers, failed: { status, problem: named, retryAfterMs, excerpt } }),
      undefined,
    );
  }
  if (!("kind" in line.reply && line.reply.kind === "held")) {
    return withReceipt(JSON.stringify({ headers, replied: line.reply }), undefined);
  }
  const { kind, durability, receipt, envelope } = line.reply;
  const text = formatWireReceipt(receipt, envelope);
  return withReceipt(JSON.stringify({ headers, replied: { kind, durability } }), text);
}

/** Reads the fields of a `replied`; `undefined` where they are not what was asked for. */
export type ReadFields<Reply> = (replied: Fields, line: Fields) => Reply | undefined;

export function parseReply<Reply>(line: string, readFields: ReadFields<Reply>): TransportResult<Reply> {
  const fields = parseLine(line);
  const identification = identificationIn(fields);
  if (fields["failed"] !== undefined) {
    const fault = faultIn(fieldsOf(fields["failed"]));
    return { kind: "failed", fault: fault ?? garbled(line), identification };
  }
  const reply = readFields(fieldsOf(fields["replied"]), fields);
  if (reply === undefined) return { kind: "failed", fault: garbled(line), identification };
  return { kind: "replied", reply, identification };
}

export const acknowledgementIn: ReadFields<Acknowledgement> = ({ receiptId, digest, committed, durability }) => {
  if (typeof receiptId !== "string" || !isDurability(durability)) return;
  if (digest !== undefined && typeof digest !== "string") return;
  if (committed !== undefined && typeof committed !== "boolean") return;
  return { receiptId, digest, committed, durability };
};

export const readReplyIn: ReadFields<ReadReply> = ({ kind, durability }, line) => {
  if (kind === "absent" || kind === "pruned" || kind === "unknown") return { kind };
  const parsed = parseWireReceiptValue(line["receipt"]);
  if (kind !== "held" || parsed.kind !== "parsed" || !isDurability(durability)) return;
  return { kind, receipt: parsed.receipt, envelope: parsed.envelope, durability };
};

export const descriptionIn: ReadFields<RegionDescription> = ({ durability, policyDigest }) => {
  if (!isDurability(durability) || durability === undefined || typeof policyDigest !== "string") return;
  return { durability, policyDigest };
};

function isDurability(value: unknown): value is Durability | undefined {
  return value === undefined || value === "fsync" || value === "memory";
}

/** A problem only where it names a kind of ours: a bare status must not become a refusal. */
function faultIn({ status, problem, retryAfterMs, excerpt }: Fields): Fault | undefined {
  if (typeof status !== "number" || typeof excerpt !== "string" || !isNumberOrMissing(retryAfterMs)) return;
  const { kind: type, title, detail } = fieldsOf(problem);
  const kind = problemKind(type);
  const named = kind === undefined ? undefined : { kind, title: String(title), detail: String(detail) };
  return { kind: "status", status, problem: named, retryAfterMs, excerpt };
}

function isNumberOrMissing(value: unknown): value is number | undefined {
  return value === undefined || typeof value === "number";
}

/** The wire has no status of its own, so there is none to tell. */
function garbled(line: string): Fault {
  return { kind: "garbled", status: 0, detail: "the line is no reply", excerpt: line.slice(0, 100) };
}
