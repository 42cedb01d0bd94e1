/** An HTTP server of this machine alone, that a test can take down and bring back at the same address. */
import { createServer, type RequestListener, type Server } from "node:http";

export interface LoopbackServer {
  /** `http://127.0.0.1:PORT`, the same one after every restart. */
  readonly origin: string;
  /** Listens again; does nothing while it listens. */
  readonly start: () => Promise<void>;
  /** Refuses connections from now on and cuts those that are open, as a killed process does. */
  readonly stop: () => Promise<void>;
}

/** Listens on a free port. */
export async function loopbackServer(listener: RequestListener): Promise<LoopbackServer> {
  let server: Server | undefined = createServer(listener);
  const port = await listen(server, 0);
  return {
    origin: `http://127.0.0.1:${port}`,
    start: async () => {
      if (server !== undefined) return;
      server = createServer(listener);
      await listen(server, port);
    },
    stop: async () => {
      const stopping = server;
      server = undefined;
      if (stopping !== undefined) await close(stopping);
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("The server has no port"));
      else resolve(address.port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
