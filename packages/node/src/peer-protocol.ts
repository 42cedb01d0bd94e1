import {
  BATCH_BYTES_MAX,
  BATCH_RECEIPTS_MAX,
  formatIdentification,
  formatWireReceipt,
  type Identification,
  parseIdentification,
} from "@rsync/core";
import { ManagerClosedError } from "./errors.ts";
import { ENCODINGS } from "./inflate.ts";
import { type Answer, failure, ok, problem, tryAgain } from "./peer-answer.ts";
import { ACCEPT_ENCODING } from "./peer-body.ts";
import type { PeerRequest, PeerResponse } from "./peer-request.ts";
import type { ReceiptReceiver } from "./receiver.ts";
import { takeBatch } from "./take-batch.ts";
import { RECEIPT_BYTES_MAX, takeReceipt } from "./take-receipt.ts";

/** No request of the protocol has a longer body, compressed or not: what a server with one limit for all of them sets. */
export const PEER_BODY_BYTES_MAX = BATCH_BYTES_MAX;

const JSON_TYPE = "application/json";
const RECEIPT_PATH = /^\/api\/v1\/receipts\/([^/]+)$/;

/** Answers one request between regions (DESIGN §11). Never rejects: every failure is a problem document (RFC 9457). */
export async function answerPeer(
  receiver: ReceiptReceiver,
  request: PeerRequest,
  wallMs: () => number,
): Promise<PeerResponse> {
  const sender = parseIdentification(request.header);
  const answer = await route(receiver, request, sender, wallMs).catch((error: unknown) => failure(receiver, error));
  return {
    status: answer.status,
    headers: {
      "content-type": answer.type ?? JSON_TYPE,
      // Not with every 415: only one that is about the encoding may name encodings, and then does so itself.
      ...(answer.status === 415 ? {} : ACCEPT_ENCODING),
      ...answer.headers,
      ...identify(receiver, sender),
    },
    body: answer.body,
  };
}

/** A manager that was closed introduces nobody: what it answers is no evidence of anything. */
function identify(receiver: ReceiptReceiver, sender: Identification): Record<string, string> {
  try {
    return formatIdentification(receiver.identification(sender));
  } catch (error) {
    if (error instanceof ManagerClosedError) return {};
    throw error;
  }
}

async function route(
  receiver: ReceiptReceiver,
  request: PeerRequest,
  sender: Identification,
  wallMs: () => number,
): Promise<Answer> {
  const { method, path } = request;
  if (path === "/receipt-sync") {
    return method === "POST" ? takeReceipt(receiver, request, sender, wallMs) : methodNotAllowed(method, path, "POST");
  }
  if (path === "/receipt-sync/batch") {
    return method === "POST" ? takeBatch(receiver, request, sender) : methodNotAllowed(method, path, "POST");
  }
  if (path === "/api/v1/region") {
    return method === "GET" ? region(receiver, sender) : methodNotAllowed(method, path, "GET");
  }
  const receiptId = receiptIdIn(path);
  if (receiptId !== undefined) {
    return method === "GET" ? read(receiver, receiptId, sender) : methodNotAllowed(method, path, "GET");
  }
  const detail = `There is nothing at ${path}: check the endpoint and its path prefix`;
  return problem({ status: 404, kind: "unknown-route", title: "No such route", detail });
}

async function read(receiver: ReceiptReceiver, receiptId: string, sender: Identification): Promise<Answer> {
  const held = await receiver.read(receiptId, sender);
  switch (held.kind) {
    case "held": {
      const { record } = held.row;
      const fields = formatWireReceipt(record, record).slice(0, -1);
      const body = `${fields},"digest":"${record.digest}","durability":"${receiver.durability}"}`;
      return { status: 200, headers: { etag: `"${record.digest}-${record.committed ? 1 : 0}"` }, body };
    }
    case "absent":
      return problem({
        status: 404,
        kind: "not-found",
        title: "No such receipt",
        detail: `This region holds no receipt ${receiptId}`,
      });
    case "unknown": {
      const detail = `This region's store was replaced and is not complete: it can not tell whether receipt ${receiptId} was held`;
      return tryAgain({ status: 503, kind: "refilling", title: "Still refilling", detail });
    }
  }
}

async function region(receiver: ReceiptReceiver, sender: Identification): Promise<Answer> {
  const introduction = await receiver.describe(sender);
  return ok({
    region: introduction.regionId,
    store_id: introduction.store.storeId,
    durability: receiver.durability,
    versions: [1],
    encodings: ENCODINGS,
    limits: {
      body_bytes_max: RECEIPT_BYTES_MAX,
      batch_receipts_max: BATCH_RECEIPTS_MAX,
      batch_bytes_max: BATCH_BYTES_MAX,
    },
    policy_digest: receiver.policyDigest,
  });
}

function receiptIdIn(path: string): string | undefined {
  const segment = RECEIPT_PATH.exec(path)?.[1];
  if (segment === undefined) return undefined;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function methodNotAllowed(method: string, path: string, allow: string): Answer {
  const detail = `${path} takes ${allow}, not ${method}`;
  return problem({ status: 405, kind: "method-not-allowed", title: "Method not allowed", detail }, { allow });
}
