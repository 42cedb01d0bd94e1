/** A proxy on loopback that passes every request on just as it came, and remembers what it saw. */
import { createServer, request as sendRequest } from "node:http";
import { onTestFinished } from "vitest";

interface SeenRequest {
  readonly path: string;
  readonly encoding: string | undefined;
}

/** Passes on to `target` until the test ends. */
export async function requestsThrough(
  target: string,
): Promise<{ readonly endpoint: string; readonly requests: readonly SeenRequest[] }> {
  const requests: SeenRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    const { url = "/", method, headers } = incoming;
    requests.push({ path: url, encoding: headers["content-encoding"] });
    const passed = sendRequest(new URL(url, target), { method, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port");
  return { endpoint: `http://127.0.0.1:${address.port}`, requests };
}
