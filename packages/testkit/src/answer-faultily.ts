/** Carries out one behaviour for one request. */
import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import {
  canonicalBytes,
  type Durability,
  formatIdentification,
  formatWireReceipt,
  type Introduction,
  problemType,
  type Receipt,
} from "@rsync/core";
import type { FaultyBehaviour } from "./faulty-behaviour.ts";
import type { Subject } from "./request-subject.ts";

const page = "<!doctype html><html><head><title>Service</title></head><body><h1>Welcome</h1></body></html>";
const timestamp = "2025-11-16T12:00:00Z";

/** Everything but `refuses`, for which there is no request to answer. */
export function answerFaultily(
  behaviour: Exclude<FaultyBehaviour, { kind: "refuses" }>,
  subject: Subject,
  response: ServerResponse,
): void {
  switch (behaviour.kind) {
    case "resets":
      response.socket?.resetAndDestroy();
      return;
    case "resetsInBody":
      beginReply(response, () => response.socket?.resetAndDestroy());
      return;
    case "neverAnswers":
      return;
    case "stallsInBody":
      beginReply(response, () => undefined);
      return;
    case "answersHtml":
      send(response, behaviour.status ?? 200, { "content-type": "text/html; charset=utf-8" }, page);
      return;
    case "acknowledgesAnother":
      sendJson(response, {}, replyAbout(behaviour.receiptId, subject));
      return;
    case "acknowledgesAs":
      sendOurs(response, behaviour.from, subject, behaviour.durability ?? "fsync");
      return;
    case "wrongDigest":
      sendOurs(response, behaviour.from, alter(subject), "fsync");
      return;
    case "conflictsOver":
    case "leavesOut":
    case "repeats":
      sendAboutOne(response, behaviour, subject);
      return;
    case "redirects":
      send(response, behaviour.status ?? 307, { location: behaviour.to }, "");
      return;
    case "hugeReply":
      send(response, 200, { "content-type": "application/json" }, " ".repeat(behaviour.replyBytes));
      return;
    case "answers":
      send(response, behaviour.status, behaviour.headers ?? {}, behaviour.body ?? "");
      return;
  }
}

function beginReply(response: ServerResponse, then: () => void): void {
  response.writeHead(200, { "content-type": "application/json", "content-length": "200" });
  response.write('{"status":"acknowledged","receipt_id":"', then);
}

function replyAbout(receiptId: string, subject: Subject): string {
  if (subject.kind === "batch") return batchReply(subject.receipts.map((each) => accepted({ ...each, receiptId })));
  if (subject.kind === "read" && subject.receipt !== undefined)
    return formatWireReceipt({ ...subject.receipt, receiptId });
  return JSON.stringify({ status: "acknowledged", receipt_id: receiptId, timestamp });
}

function sendOurs(response: ServerResponse, from: Introduction, subject: Subject, durability: Durability): void {
  const headers = formatIdentification({ from, seen: undefined });
  if (subject.kind === "delivery") {
    sendJson(response, headers, JSON.stringify({ ...accepted(subject.receipt), timestamp, durability }));
  } else if (subject.kind === "batch") {
    sendJson(response, headers, batchReply(subject.receipts.map(accepted), durability));
  } else if (subject.kind === "read" && subject.receipt !== undefined) {
    const contents = formatWireReceipt(subject.receipt, { timestamp, sourceRegion: from.regionId });
    sendJson(response, headers, `${contents.slice(0, -1)},"durability":"${durability}"}`);
  } else if (subject.kind === "description") {
    const { regionId: region, store } = from;
    const policy = "0".repeat(64);
    const reply = { region, store_id: store.storeId, durability, versions: [1], policy_digest: policy };
    sendJson(response, headers, JSON.stringify(reply));
  } else {
    const problem = { type: problemType("not-found"), title: "Not found", status: 404, detail: "Nothing is here" };
    send(response, 404, { ...headers, "content-type": "application/problem+json" }, JSON.stringify(problem));
  }
}

/** Everything as it should be, but for what it says of one receipt. */
function sendAboutOne(
  response: ServerResponse,
  { kind, from, receiptId }: Extract<FaultyBehaviour, { kind: "conflictsOver" | "leavesOut" | "repeats" }>,
  subject: Subject,
): void {
  if (subject.kind === "delivery" && kind === "conflictsOver" && subject.receipt.receiptId === receiptId) {
    const headers = { ...formatIdentification({ from, seen: undefined }), "content-type": "application/problem+json" };
    send(response, 409, headers, JSON.stringify({ receipt_id: receiptId, ...conflictOver(subject.receipt) }));
  } else if (subject.kind === "batch") {
    const results = subject.receipts.flatMap((each) => {
      if (each.receiptId !== receiptId) return [accepted(each)];
      if (kind === "conflictsOver") return [{ status: 409, receipt_id: receiptId, problem: conflictOver(each) }];
      return kind === "leavesOut" ? [] : [accepted(each), accepted(each)];
    });
    sendJson(response, formatIdentification({ from, seen: undefined }), batchReply(results));
  } else {
    sendOurs(response, from, subject, "fsync");
  }
}

function accepted(receipt: Receipt): Readonly<Record<string, unknown>> {
  const { receiptId, committed } = receipt;
  return { status: "acknowledged", receipt_id: receiptId, digest: digestOf(receipt), committed };
}

function conflictOver(receipt: Receipt): Readonly<Record<string, unknown>> {
  const { committed } = receipt;
  return {
    type: problemType("conflict"),
    title: "Other content under this id",
    detail: "Other content is held",
    held_digest: digestOf(altered(receipt)),
    held_committed: committed,
    offered_digest: digestOf(receipt),
    offered_committed: committed,
  };
}

function batchReply(results: readonly unknown[], durability: Durability = "fsync"): string {
  return JSON.stringify({ durability, results });
}

function digestOf(receipt: Receipt): string {
  return createHash("sha256").update(canonicalBytes(receipt)).digest("hex");
}

function alter(subject: Subject): Subject {
  if (subject.kind === "batch") return { ...subject, receipts: subject.receipts.map(altered) };
  if (!("receipt" in subject) || subject.receipt === undefined) return subject;
  return { ...subject, receipt: altered(subject.receipt) };
}

function altered(receipt: Receipt): Receipt {
  return { ...receipt, ticks: (receipt.ticks + 1) % 2 ** 32 };
}

function sendJson(response: ServerResponse, headers: Readonly<Record<string, string>>, json: string): void {
  send(response, 200, { ...headers, "content-type": "application/json" }, json);
}

function send(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: string): void {
  response.writeHead(status, headers);
  response.end(body);
}
