import { once } from "node:events";
import { createServer } from "node:http";
import type { Clock } from "@rsync/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { type SeedOnlyPeerOptions, seedOnlyPeer, virtualClock } from "../src/index.ts";
import { sampleReceipt } from "./sample-receipt.ts";

async function startPeer(options?: SeedOnlyPeerOptions) {
  const peer = await seedOnlyPeer(options);
  onTestFinished(() => peer.close());
  return peer;
}

const seedBody = `{
  "receipt_id": "abc123",
  "transaction_id": "tx-456",
  "hash": "01020304",
  "ticks": 42,
  "span_id": 789,
  "committed": true,
  "timestamp": "2025-11-16T12:00:00Z",
  "source_region": "primary"
}`;

function post(endpoint: string, body: string): Promise<Response> {
  return fetch(`${endpoint}/receipt-sync`, { method: "POST", body, headers: { "content-type": "application/json" } });
}

describe("a seed-only peer as a region", () => {
  test("acknowledges the seeds' request with the seeds' reply and no header of ours", async () => {
    const peer = await startPeer({ clock: virtualClock() });
    const reply = await post(peer.endpoint, seedBody);
    expect(reply.status).toBe(200);
    expect(await reply.json()).toEqual({
      status: "acknowledged",
      receipt_id: "abc123",
      timestamp: "2025-11-16T12:00:00.000Z",
    });
    expect([...reply.headers.keys()].filter((name) => name.startsWith("x-rsync"))).toEqual([]);
    expect(peer.received("abc123").map((delivery) => delivery.receipt)).toEqual([sampleReceipt()]);
    expect(peer.received("abc123")[0]?.body).toBe(seedBody);
  });

  test("answers a read with 200 or 404, by an id of any letters", async () => {
    const peer = await startPeer();
    const receiptId = "a/b %?#é 世界";
    const path = `${peer.endpoint}/api/v1/receipts/${encodeURIComponent(receiptId)}`;
    expect((await fetch(path)).status).toBe(404);
    await post(peer.endpoint, JSON.stringify({ ...JSON.parse(seedBody), receipt_id: receiptId }));
    const found = await fetch(path);
    expect([found.status, await found.json()]).toEqual([200, { receipt_id: receiptId }]);
  });

  test("can return what was posted", async () => {
    const peer = await startPeer({ reads: "contents" });
    await post(peer.endpoint, seedBody);
    expect(await (await fetch(`${peer.endpoint}/api/v1/receipts/abc123`)).text()).toBe(seedBody);
  });

  test("knows nothing else", async () => {
    const peer = await startPeer({ pathPrefix: "/west" });
    expect(peer.endpoint).toMatch(/\/west$/);
    const check = await fetch(`${peer.endpoint}/receipt-sync`);
    expect([check.status, check.headers.get("allow")]).toEqual([405, "POST"]);
    const unknown = ["/receipt-sync/batch", "/receipt-sync/inventory", "/api/v1/region", "/api/v1/receipts/", "/"];
    for (const path of unknown) expect([path, (await fetch(peer.endpoint + path)).status]).toEqual([path, 404]);
    expect((await fetch(`${peer.endpoint}/api/v1/receipts/abc123`, { method: "DELETE" })).status).toBe(405);
    expect((await post(peer.endpoint, "{}")).status).toBe(400);
    expect(peer.receivedIds()).toEqual([]);
  });

  test("fails as often as asked, goes away, and comes back with what it held", async () => {
    const peer = await startPeer();
    peer.failNext(2, 503);
    expect((await post(peer.endpoint, seedBody)).status).toBe(503);
    expect((await fetch(`${peer.endpoint}/api/v1/receipts/abc123`)).status).toBe(503);
    expect((await post(peer.endpoint, seedBody)).status).toBe(200);
    await peer.stop();
    await expect(post(peer.endpoint, seedBody)).rejects.toThrow();
    await peer.start();
    expect((await post(peer.endpoint, seedBody)).status).toBe(200);
    expect(peer.received("abc123").length).toBe(2);
    expect(peer.receivedIds()).toEqual(["abc123"]);
  });
});

describe("a seed-only peer as the origin of receipts", () => {
  test("posts the eight fields, and a span id with all its digits", async () => {
    const [origin, region] = [await startPeer({ clock: virtualClock() }), await startPeer()];
    const receipt = sampleReceipt({ spanId: 18_446_744_073_709_551_615n });
    expect(await origin.submit(receipt, region.endpoint)).toEqual({ kind: "acknowledged", attempts: 1 });
    const [delivery] = region.received("abc123");
    expect(delivery?.receipt).toEqual(receipt);
    expect(delivery?.body).toBe(
      '{"receipt_id":"abc123","transaction_id":"tx-456","hash":"01020304","ticks":42,"span_id":18446744073709551615' +
        ',"committed":true,"timestamp":"2025-11-16T12:00:00.000Z","source_region":"primary"}',
    );
  });

  test("retries after 1 s, 2 s, 4 s, 4 s", async () => {
    const timeoutMs = 60_000;
    const waitedMs: number[] = [];
    const eager: Clock = {
      ...virtualClock(),
      schedule: (delayMs, run) => {
        if (delayMs === timeoutMs) return () => undefined;
        waitedMs.push(delayMs);
        setImmediate(run);
        return () => undefined;
      },
    };
    const [origin, region] = [await startPeer({ clock: eager }), await startPeer()];
    for (const status of [502, 503, 504, 503]) region.failNext(1, status);
    const retry = { timeoutMs, maxRetries: 4 };
    expect(await origin.submit(sampleReceipt(), region.endpoint, retry)).toEqual({ kind: "acknowledged", attempts: 5 });
    expect(waitedMs).toEqual([1000, 2000, 4000, 4000]);
    await region.stop();
    const failed = { kind: "failed", attempts: 4, code: "ECONNREFUSED" };
    expect(await origin.submit(sampleReceipt(), region.endpoint, { timeoutMs })).toEqual(failed);
  });

  test("gives an attempt up when its time is over", async () => {
    const clock = virtualClock();
    const origin = await startPeer({ clock });
    const silent = createServer(() => clock.advance(5000)).listen(0, "127.0.0.1");
    onTestFinished(() => void silent.close());
    await once(silent, "listening");
    const address = silent.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const submission = await origin.submit(sampleReceipt(), `http://127.0.0.1:${port}`, { maxRetries: 0 });
    expect(submission).toEqual({ kind: "failed", attempts: 1, code: "ETIMEDOUT" });
    expect(clock.timersPending()).toBe(0);
  });

  test("gives up at once on what no retry mends", async () => {
    const [origin, region] = [await startPeer({ clock: virtualClock() }), await startPeer()];
    region.failNext(1, 422);
    expect(await origin.submit(sampleReceipt(), region.endpoint)).toEqual({
      kind: "failed",
      attempts: 1,
      status: 422,
      body: "",
    });
  });

  test("never gives two submissions the same timestamp", async () => {
    const [origin, region] = [await startPeer({ clock: virtualClock() }), await startPeer()];
    await origin.submit(sampleReceipt(), region.endpoint);
    await origin.submit(sampleReceipt(), region.endpoint);
    const timestamps = region.received("abc123").map((delivery) => JSON.parse(delivery.body).timestamp);
    expect(new Set(timestamps).size).toBe(2);
  });
});
