/** Carries out one behaviour for one request. */
import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import {
  canonicalBytes,
  formatIdentification,
  formatWireReceipt,
  type Introduction,
  parseWireReceipt,
  type Receipt,
} from "@rsync/core";
import type { FaultyBehaviour } from "./faulty-behaviour.ts";

/** What a request was about, as far as it can be told. */
export interface Subject {
  /** A read asks by id alone. */
  readonly receiptId: string;
  readonly receipt: Receipt | undefined;
  readonly read: boolean;
}

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
      sendJson(response, {}, seedReply({ ...subject, receiptId: behaviour.receiptId }));
      return;
    case "acknowledgesAs":
      sendOurs(response, behaviour.from, subject, behaviour.durability ?? "fsync");
      return;
    case "wrongDigest":
      sendOurs(response, behaviour.from, { ...subject, receipt: altered(subject.receipt) }, "fsync");
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

/** The body of a request or the path of a read, to what it is about. `held` finds what was delivered before. */
export function subjectOf(path: string, body: string, held: (receiptId: string) => Receipt | undefined): Subject {
  const parsed = parseWireReceipt(body);
  if (parsed.kind === "parsed") return { receiptId: parsed.receipt.receiptId, receipt: parsed.receipt, read: false };
  const receiptId = decodeURIComponent(path.slice(path.lastIndexOf("/") + 1));
  return { receiptId, receipt: held(receiptId), read: true };
}

function beginReply(response: ServerResponse, then: () => void): void {
  response.writeHead(200, { "content-type": "application/json", "content-length": "200" });
  response.write('{"status":"acknowledged","receipt_id":"', then);
}

function seedReply({ receiptId, receipt, read }: Subject): string {
  if (read && receipt !== undefined) return formatWireReceipt({ ...receipt, receiptId });
  return JSON.stringify({ status: "acknowledged", receipt_id: receiptId, timestamp });
}

function sendOurs(response: ServerResponse, from: Introduction, subject: Subject, durability: string): void {
  const { receipt, read } = subject;
  const headers = formatIdentification({ from, seen: undefined });
  if (receipt === undefined) {
    const problem = { type: "urn:receipt-sync:problem:not-found", title: "Not found", status: 404 };
    send(response, 404, { ...headers, "content-type": "application/problem+json" }, JSON.stringify(problem));
    return;
  }
  if (read) {
    const contents = formatWireReceipt(receipt, { timestamp, sourceRegion: from.regionId });
    sendJson(response, headers, `${contents.slice(0, -1)},"durability":"${durability}"}`);
    return;
  }
  const digest = createHash("sha256").update(canonicalBytes(receipt)).digest("hex");
  const { receiptId, committed } = receipt;
  const reply = { status: "acknowledged", receipt_id: receiptId, timestamp, digest, committed, durability };
  sendJson(response, headers, JSON.stringify(reply));
}

function altered(receipt: Receipt | undefined): Receipt | undefined {
  return receipt === undefined
    ? undefined
    : { ...receipt, hash: new Uint8Array([0xff, ...receipt.hash].slice(0, 256)) };
}

function sendJson(response: ServerResponse, headers: Readonly<Record<string, string>>, json: string): void {
  send(response, 200, { ...headers, "content-type": "application/json" }, json);
}

function send(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: string): void {
  response.writeHead(status, headers);
  response.end(body);
}
