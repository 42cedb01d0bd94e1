/** What the peer side does with errors that the protocol between regions does not know. */
import type { LogLine } from "@rsync/core";
import { memoryStore, ReceiptSyncManager } from "@rsync/node";
import { httpTransport } from "@rsync/transport-http";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createPeerServer } from "../src/http/create-peer-server.ts";

async function peerSide(broken: boolean) {
  const store = memoryStore({ regionId: "us-east-1" });
  const manager = await ReceiptSyncManager.create({}, { store, transport: httpTransport() });
  if (broken) {
    vi.spyOn(manager.receiver, "identification").mockImplementation(() => {
      throw new Error("a mistake of this program");
    });
  }
  const lines: LogLine[] = [];
  const server = createPeerServer(manager.receiver, (line) => lines.push(line));
  onTestFinished(async () => {
    await manager.close({ drainMs: 0 });
    await server.close();
  });
  return { server, lines };
}

describe("the peer side", () => {
  it("logs what must not happen with its stack, and answers 500 once", async () => {
    const { server, lines } = await peerSide(true);
    const reply = await server.inject("/api/v1/region");
    expect(reply.statusCode).toBe(500);
    expect(reply.json()).toMatchObject({ type: "urn:receipt-sync:problem:internal" });
    expect(reply.body).not.toContain("mistake");
    expect(lines).toEqual([
      {
        level: "error",
        message: "GET /api/v1/region failed: a mistake of this program",
        fields: { stack: expect.stringContaining("peer-server.test.ts") },
      },
    ]);
  });

  it("lets the protocol answer what is wrong with a content-type, and logs nothing", async () => {
    const { server, lines } = await peerSide(false);
    const headers = { "content-type": "nonsense" };
    const reply = await server.inject({ method: "POST", url: "/receipt-sync", headers, payload: "{}" });
    expect(reply.statusCode).toBeGreaterThanOrEqual(400);
    expect(reply.statusCode).toBeLessThan(500);
    expect(reply.headers["content-type"]).toContain("application/problem+json");
    expect(lines).toEqual([]);
  });
});
