import { once } from "node:events";
import { createServer, type ServerOptions } from "node:https";
import { describe, expect, onTestFinished, test } from "vitest";
import { cert, key } from "./loopback-certificate.ts";
import { callTo, sampleRecord } from "./sample-call.ts";
import { acknowledgement, replyWith } from "./start-server.ts";
import { startTransport } from "./start-transport.ts";

async function startTlsServer(options: ServerOptions = {}): Promise<string> {
  const server = createServer({ key, cert, ...options }, replyWith(200, {}, acknowledgement()));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return `https://127.0.0.1:${address.port}`;
}

describe("an https endpoint", () => {
  test("with a certificate that nobody vouches for is unreachable: nothing is sent to it", async () => {
    const endpoint = await startTlsServer();
    const result = await startTransport().send(callTo(endpoint), sampleRecord());
    expect(result).toMatchObject({ fault: { kind: "unreachable", code: "DEPTH_ZERO_SELF_SIGNED_CERT" } });
  });

  test("with a certificate of the authority that we were given is a region like any other", async () => {
    const endpoint = await startTlsServer();
    for (const ca of [cert, [cert]]) {
      expect((await startTransport({ tls: { ca } }).send(callTo(endpoint), sampleRecord())).kind).toBe("replied");
    }
  });

  test("that asks who connects takes our certificate, and breaks the connection without one", async () => {
    const endpoint = await startTlsServer({ requestCert: true, rejectUnauthorized: true, ca: cert });
    const known = startTransport({ tls: { ca: cert, cert, key } });
    expect((await known.send(callTo(endpoint), sampleRecord())).kind).toBe("replied");
    const unknown = await startTransport({ tls: { ca: cert } }).send(callTo(endpoint), sampleRecord());
    expect(unknown).toMatchObject({ fault: { kind: "broken" } });
  });
});
