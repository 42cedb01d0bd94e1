import { once } from "node:events";
import { createServer } from "node:http";
import { virtualClock } from "@rsync/testkit";
import { type FarRegion, type ServedRegion, transportContract } from "@rsync/testkit/contracts";
import { httpTransport } from "../src/index.ts";
import { serveRegion } from "./serve-region.ts";

transportContract("HTTP", () => {
  const clock = virtualClock();
  return { transport: httpTransport({ clock }), clock, serve };
});

async function serve(region: FarRegion): Promise<ServedRegion> {
  const server = createServer((request, response) => {
    serveRegion(region, request, response).catch((error: Error) => response.destroy(error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
