/** The other half of the wire: takes one line from each connection. */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";

export interface LineServer {
  /** An http URL, because a configuration takes no other; the transport reads host and port of it. */
  readonly endpoint: string;
  /** Breaks every connection and stops listening. */
  readonly stop: () => Promise<void>;
}

/** Far longer than any question: no peer fills our memory. */
const LINE_CHARS_MAX = 100_000;

/** Listens on a free port of this machine. `serve` writes its answer to the socket. */
export async function lineServer(serve: (line: string, socket: Socket) => Promise<void>): Promise<LineServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined); // whoever asked is gone
    socket.once("close", () => sockets.delete(socket));
    // Not node:readline: it ends a line at U+2028 too, which JSON leaves as it is and an id may hold.
    let received = "";
    socket.setEncoding("utf8").on("data", (text: string) => {
      received += text;
      if (received.endsWith("\n")) serve(received, socket).catch((error: Error) => socket.destroy(error));
      else if (received.length > LINE_CHARS_MAX) socket.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
