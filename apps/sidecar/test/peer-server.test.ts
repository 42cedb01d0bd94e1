/** What the peer side does with errors that the protocol between regions does not know. */
import { gzipSync, zstdCompressSync } from "node:zlib";
import { BATCH_BYTES_MAX, type LogLine } from "@rsync/core";
import { memoryStore, ReceiptSyncManager } from "@rsync/node";
import { httpTransport } from "@rsync/transport-http";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createPeerServer } from "../src/http/create-peer-server.ts";

/** What one receipt may take, alone. */
const PEER_RECEIPT_BYTES = 65_536;

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

  it("takes batches, compressed or not, within their own limit", async () => {
    const { server, lines } = await peerSide(false);
    const receipt = { transaction_id: "t", hash: "01", ticks: 1, span_id: 1, committed: true };
    const batch = (from: number) =>
      JSON.stringify({
        receipts: Array.from({ length: 900 }, (_, index) => ({ ...receipt, receipt_id: `receipt-${from + index}` })),
      });
    expect(batch(0).length).toBeGreaterThan(PEER_RECEIPT_BYTES);
    const post = (payload: string | Buffer, headers: Readonly<Record<string, string>> = {}) => {
      const all = { "content-type": "application/json", ...headers };
      return server.inject({ method: "POST", url: "/receipt-sync/batch", headers: all, payload });
    };
    for (const reply of [
      await post(batch(0)),
      await post(zstdCompressSync(batch(900)), { "content-encoding": "zstd" }),
      await post(gzipSync(batch(1_800)), { "content-encoding": "gzip" }),
    ]) {
      expect(reply.statusCode).toBe(200);
      expect(new Set(reply.json().results.map(({ status }: { status: unknown }) => status))).toEqual(
        new Set(["acknowledged"]),
      );
    }
    for (const reply of [
      await post(batch(0).padEnd(BATCH_BYTES_MAX + 1)),
      await post(gzipSync(batch(0).padEnd(BATCH_BYTES_MAX + 1)), { "content-encoding": "gzip" }),
    ]) {
      expect([reply.statusCode, reply.json().type]).toEqual([413, "urn:receipt-sync:problem:too-large"]);
    }
    const single = { ...receipt, receipt_id: "single" };
    const reply = await server.inject({
      method: "POST",
      url: "/receipt-sync",
      headers: { "content-type": "application/json" },
      payload: JSON.stringify(single).padEnd(PEER_RECEIPT_BYTES + 1),
    });
    expect(reply.statusCode).toBe(413);
    expect(lines).toEqual([]);
  });
});
