import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { readRequestBody } from "../regions/read-request-body.ts";
import type { PlainReceipt, ReceiptTable } from "./receipt-table.ts";

const BODY_BYTES_MAX = 64 * 1024;

/** Stores what is posted, then acknowledges it. */
export function receiptServer(table: ReceiptTable): Server {
  return createServer((request, response) => {
    if (request.method === "POST" && request.url === "/receipts") void store(table, request, response);
    else response.writeHead(404).end();
  });
}

async function store(table: ReceiptTable, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readRequestBody(request, BODY_BYTES_MAX);
  const receipt = parse(body?.toString());
  if (receipt === undefined) {
    response.writeHead(422).end();
    return;
  }
  table.insert(receipt);
  const reply = JSON.stringify({ status: "acknowledged", receipt_id: receipt.receipt_id });
  response
    .writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(reply) })
    .end(reply);
}

function parse(text: string | undefined): PlainReceipt | undefined {
  try {
    const receipt = JSON.parse(text ?? "") as Partial<PlainReceipt>;
    const complete =
      typeof receipt.receipt_id === "string" &&
      typeof receipt.transaction_id === "string" &&
      typeof receipt.hash === "string" &&
      typeof receipt.ticks === "number" &&
      typeof receipt.span_id === "string" &&
      typeof receipt.committed === "boolean";
    return complete ? (receipt as PlainReceipt) : undefined;
  } catch {
    return undefined;
  }
}
