/** The region at the other end of the contract, over HTTP: the protocol's requests in, its replies out. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import {
  type BatchItemReply,
  formatIdentification,
  formatWireReceipt,
  type Identification,
  type ProblemKind,
  parseIdentification,
  parseWireJson,
  parseWireReceipt,
  parseWireReceiptValue,
  problemType,
  type ReadReply,
} from "@rsync/core";
import type { FarAnswer, FarRecord, FarRegion } from "@rsync/testkit/contracts";
import { html, json, page } from "./reply-parts.ts";

/** Status, extra headers and body of a reply. */
type HttpAnswer = readonly [status: number, headers: Readonly<Record<string, string>>, body: string];

type Failed = Extract<FarAnswer<never>, { kind: "failed" }>;
type Misbehaved = Exclude<FarAnswer<never>, { identification: Identification }>;

/** Answers one request as the region says. */
export async function serveRegion(
  region: FarRegion,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const sender = parseIdentification((name) => request.headers[name]?.toString());
  const body = await text(request);
  const url = request.url ?? "";
  if (url === "/receipt-sync") {
    const parsed = parseWireReceipt(body);
    if (parsed.kind !== "parsed") throw new Error(`No receipt: ${body}`);
    const answer = await region.send(sender, parsed.receipt, parsed.envelope);
    give(response, answer, (acknowledgement) => {
      const { receiptId, ...said } = acknowledgement;
      return [200, json, JSON.stringify({ status: "acknowledged", receipt_id: receiptId, ...said })];
    });
  } else if (url === "/receipt-sync/batch") {
    give(response, await region.sendBatch(sender, readBatch(body)), (items) => {
      return [200, json, JSON.stringify({ results: items.map(batchResult) })];
    });
  } else if (url === "/api/v1/region") {
    const answer = await region.describe(sender);
    give(response, answer, ({ durability, policyDigest }, { from }) => {
      const described = { region: from?.regionId, store_id: from?.store.storeId, durability };
      return [200, json, JSON.stringify({ ...described, policy_digest: policyDigest })];
    });
  } else {
    const receiptId = decodeURIComponent(url.replace("/api/v1/receipts/", ""));
    give(response, await region.read(sender, receiptId), readAnswer);
  }
}

function readBatch(body: string): readonly FarRecord[] {
  const parsed = parseWireJson(body);
  if (parsed.kind !== "parsed") throw new Error(`No JSON: ${body}`);
  const { receipts }: { readonly receipts?: unknown } = Object(parsed.value);
  if (!Array.isArray(receipts)) throw new Error(`No batch: ${body}`);
  return receipts.map((value) => {
    const read = parseWireReceiptValue(value);
    if (read.kind !== "parsed") throw new Error(`No receipt: ${JSON.stringify(value)}`);
    return { receipt: read.receipt, envelope: read.envelope };
  });
}

function batchResult(item: BatchItemReply): object {
  if (item.kind === "acknowledged") {
    const { receiptId, ...said } = item.acknowledgement;
    return { status: "acknowledged", receipt_id: receiptId, ...said };
  }
  const { receiptId, digest, fault } = item;
  if (fault.kind !== "status") throw new Error("An item fails with a status");
  const { status, problem: said } = fault;
  const named = said === undefined ? {} : { type: problemType(said.kind), title: said.title, detail: said.detail };
  return { status, receipt_id: receiptId, problem: { ...named, offered_digest: digest } };
}

function readAnswer(reply: ReadReply): HttpAnswer {
  switch (reply.kind) {
    case "held": {
      const { receipt, envelope, durability } = reply;
      const fields = formatWireReceipt(receipt, envelope).slice(0, -1);
      return [200, json, durability === undefined ? `${fields}}` : `${fields},"durability":"${durability}"}`];
    }
    case "present":
      return [200, json, "{}"];
    case "absent":
      return problem(404, "not-found");
    case "pruned":
      return problem(410, "pruned");
    case "unknown":
      return problem(503, "refilling");
  }
}

function problem(status: number, kind: ProblemKind, title = "A title", detail = "A detail"): HttpAnswer {
  const body = JSON.stringify({ type: problemType(kind), title, detail, status });
  return [status, { "content-type": "application/problem+json" }, body];
}

function give<Reply>(
  response: ServerResponse,
  answer: FarAnswer<Reply>,
  write: (reply: Reply, identification: Identification) => HttpAnswer,
): void {
  if (!("identification" in answer)) {
    misbehave(response, answer);
    return;
  }
  const [status, headers, body] =
    answer.kind === "replied" ? write(answer.reply, answer.identification) : failedAnswer(answer);
  response.writeHead(status, { ...headers, ...formatIdentification(answer.identification) });
  response.end(body);
}

function failedAnswer({ fault: { status, problem: said, retryAfterMs, excerpt } }: Failed): HttpAnswer {
  const [, headers, body] = said === undefined ? [0, {}, excerpt] : problem(status, said.kind, said.title, said.detail);
  return [status, retryAfterMs === undefined ? headers : { ...headers, "retry-after": `${retryAfterMs / 1000}` }, body];
}

function misbehave(response: ServerResponse, { kind }: Misbehaved): void {
  switch (kind) {
    case "cut":
      response.destroy();
      break;
    case "half":
      response.writeHead(200, { ...json, "content-length": 100 });
      response.write('{"status":');
      break;
    case "nonsense":
      response.writeHead(200, html);
      response.end(page);
      break;
  }
}
