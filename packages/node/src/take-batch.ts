/**
 * `POST /receipt-sync/batch`: many receipts of another region in one request, one commit and one reply.
 *
 * Each receipt gets a result of its own, in the order in which they came, so that a bad one never fails its neighbours. Nearly all
 * receipts take this path under load, so the reply is put together as text, and what is true of all of it is said once.
 */
import {
  BATCH_BYTES_MAX,
  BATCH_RECEIPTS_MAX,
  type Durability,
  type Identification,
  type InvalidReceipt,
  parseWireJson,
  parseWireReceiptValue,
  problemType,
  StoreError,
} from "@rsync/core";
import { type Answer, problem, type Trouble } from "./peer-answer.ts";
import { notJson, readBodyText } from "./peer-body.ts";
import type { PeerRequest } from "./peer-request.ts";
import { conflict, invalidReceipt } from "./receipt-trouble.ts";
import type { ReceiptReceiver, Received } from "./receiver.ts";

export async function takeBatch(
  receiver: ReceiptReceiver,
  request: PeerRequest,
  sender: Identification,
): Promise<Answer> {
  const body = await readBodyText(request, BATCH_BYTES_MAX, tooLarge);
  if (body.kind === "refused") return body.answer;
  const json = parseWireJson(body.text);
  if (json.kind === "notJson") return notJson(json.message);
  const values = receiptsIn(json.value);
  if (values === undefined) return noReceipts();
  if (values.length > BATCH_RECEIPTS_MAX) return tooLarge();
  const parsed = values.map((value) => parseWireReceiptValue(value));
  const valid = parsed.filter((each) => each.kind === "parsed");
  // I3: nothing is said of any of them before their common commit is durable.
  const received = await receiver.receiveBatch(valid, sender);
  let taken = 0;
  const results = parsed.map((each, index) =>
    each.kind === "parsed"
      ? formatReceived(each.receipt.receiptId, received[taken++])
      : formatInvalid(each, values[index], index),
  );
  return { status: 200, body: formatReply(receiver.durability, results) };
}

/** `durability` is the store's, and so the same for every receipt that it acknowledges. */
function formatReply(durability: Durability, results: readonly string[]): string {
  return `{"durability":"${durability}","results":[${results.join(",")}]}`;
}

/** A digest is hex, and so needs no escaping. */
function formatReceived(receiptId: string, received: Received | undefined): string {
  if (received === undefined) throw new StoreError("failed", "The store gave no result for an append");
  const named = JSON.stringify(receiptId);
  if (received.kind === "conflict") return formatTrouble(`"receipt_id":${named}`, conflict(receiptId, received));
  const { digest, committed } = received;
  return `{"status":"acknowledged","receipt_id":${named},"digest":"${digest}","committed":${committed}}`;
}

/** Where its id can not be read, only its place in the batch says which one it was. */
function formatInvalid({ problems }: InvalidReceipt, value: unknown, index: number): string {
  const readable = !problems.some(({ field }) => field === "receipt_id" || field === "receipt");
  const receiptId = readable ? fieldOf(value, "receipt_id") : undefined;
  const named = receiptId === undefined ? `"index":${index}` : `"receipt_id":${JSON.stringify(receiptId)}`;
  return formatTrouble(named, invalidReceipt(problems));
}

function formatTrouble(named: string, { status, kind, title, detail, members }: Trouble): string {
  const document = JSON.stringify({ type: problemType(kind), title, detail, ...members });
  return `{"status":${status},${named},"problem":${document}}`;
}

function receiptsIn(body: unknown): readonly unknown[] | undefined {
  const receipts = fieldOf(body, "receipts");
  return Array.isArray(receipts) ? receipts : undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  const fields: Readonly<Record<string, unknown>> = isObject(value) ? value : {};
  return fields[name];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `invalid-request`, not `invalid-receipt`: it says nothing of any receipt, and so refuses none. */
function noReceipts(): Answer {
  const detail = 'A batch is a JSON object with an array of receipts: {"receipts":[...]}';
  return problem({ status: 422, kind: "invalid-request", title: "No batch", detail });
}

function tooLarge(): Answer {
  const detail = `A batch takes at most ${BATCH_RECEIPTS_MAX} receipts and ${BATCH_BYTES_MAX} bytes; nothing was stored`;
  const members = { receipts_max: BATCH_RECEIPTS_MAX, bytes_max: BATCH_BYTES_MAX };
  return problem({ status: 413, kind: "too-large", title: "Batch too large", detail, members });
}
