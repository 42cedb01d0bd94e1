import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createRawServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A server for one test. */
export interface StartedServer {
  readonly endpoint: string;
  /** Connections that were made to it. */
  readonly connections: () => number;
}

/** An HTTP server on a free loopback port, gone after the test. */
export async function startServer(listener: RequestListener): Promise<StartedServer> {
  const server = createServer(listener);
  onTestFinished(() => server.closeAllConnections());
  return listen(server);
}

/** A server that does with its sockets what it likes. */
export async function startRawServer(serve: (socket: Socket) => void): Promise<StartedServer> {
  const sockets = new Set<Socket>();
  const server = createRawServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    serve(socket);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  return listen(server);
}

async function listen(server: Server): Promise<StartedServer> {
  let connections = 0;
  server.on("connection", () => connections++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return { endpoint: `http://127.0.0.1:${address.port}`, connections: () => connections };
}

/** Answers any request, after its whole body, with this reply. */
export function replyWith(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    request.resume().on("end", () => {
      response.writeHead(status, headers);
      response.end(body);
    });
  };
}

/** The seeds' acknowledgement, with members added or changed. */
export function acknowledgement(members: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    status: "acknowledged",
    receipt_id: "abc123",
    timestamp: "2025-11-16T12:00:00Z",
    ...members,
  });
}
