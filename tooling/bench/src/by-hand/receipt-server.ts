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
  const sent = await readRequestBody(request, BODY_BYTES_MAX);
  const receipts = parse(sent?.toString());
  if (receipts === undefined) {
    response.writeHead(422).end();
    return;
  }
  table.insert(receipts);
  const body = JSON.stringify({ status: "acknowledged", receipt_ids: receipts.map(({ receipt_id }) => receipt_id) });
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) }).end(body);
}

function parse(text: string | undefined): readonly PlainReceipt[] | undefined {
  try {
    const receipts: unknown = JSON.parse(text ?? "");
    return Array.isArray(receipts) && receipts.every(isComplete) ? receipts : undefined;
  } catch {
    return undefined;
  }
}

function isComplete(receipt: Partial<PlainReceipt>): receipt is PlainReceipt {
  return (
    typeof receipt.receipt_id === "string" &&
    typeof receipt.transaction_id === "string" &&
    typeof receipt.hash === "string" &&
    typeof receipt.ticks === "number" &&
    typeof receipt.span_id === "string" &&
    typeof receipt.committed === "boolean"
  );
}
