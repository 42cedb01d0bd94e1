import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { answerPeer, type ReceiptReceiver } from "@rsync/node";
import { readRequestBody } from "../regions/read-request-body.ts";

/** The peer side of a region on node:http, as a service mounts it. Answers 503 while there is no receiver yet. */
export function peerServer(receiver: () => ReceiptReceiver | undefined): Server {
  return createServer((request, response) => {
    const current = receiver();
    if (current === undefined) response.writeHead(503).end();
    else void answer(current, request, response);
  });
}

async function answer(receiver: ReceiptReceiver, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, headers, body } = await answerPeer(
    receiver,
    {
      method: request.method ?? "GET",
      path: new URL(request.url ?? "/", "http://region").pathname,
      header: (name) => {
        const value = request.headers[name];
        return typeof value === "string" ? value : undefined;
      },
      body: async (bytesMax) => {
        const bytes = await readRequestBody(request, bytesMax);
        return bytes === undefined ? { kind: "tooLarge" } : { kind: "bytes", bytes };
      },
    },
    Date.now,
  );
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) }).end(body);
}
