import { readFileSync } from "node:fs";
import { parseWireReceipt } from "@rsync/core";
import { faultyPeer } from "@rsync/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { httpTransport } from "../src/index.ts";
import { callTo, sampleRecord } from "./sample-call.ts";
import { acknowledgement, startServer } from "./start-server.ts";
import { startTransport } from "./start-transport.ts";

async function startPeer() {
  const peer = await faultyPeer({ kind: "answers", status: 200, body: acknowledgement() });
  onTestFinished(() => peer.close());
  return peer;
}

describe("what is sent", () => {
  test("the seeds' POST with our fields and headers beside it", async () => {
    const peer = await startPeer();
    const from = { regionId: "région 1", store: { storeId: "s", epoch: "e", position: 3 }, refilling: true };
    const seen = { storeId: "t", epoch: "f", position: 9 };
    await startTransport().send(callTo(peer.endpoint, { from, seen }), sampleRecord());
    const [request] = peer.requests();
    expect([request?.method, request?.path]).toEqual(["POST", "/receipt-sync"]);
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    expect(request?.headers).toMatchObject({
      "content-type": "application/json",
      accept: "application/json, application/problem+json",
      "user-agent": `receipt-sync/${version}`,
      "x-rsync-region": "r%C3%A9gion%201",
      "x-rsync-store": "s;e;3",
      "x-rsync-seen": "t;f;9",
      "x-rsync-refilling": "1",
    });
    expect(JSON.parse(request?.body ?? "")).toEqual({
      receipt_id: "abc123",
      transaction_id: "tx-456",
      hash: "01020304",
      ticks: 42,
      span_id: 789,
      committed: true,
      timestamp: "2025-11-16T12:00:00Z",
      source_region: "us-east-1",
      source_store: "store-a",
      source_seq: 1,
    });
  });

  test("a span id with all its digits", async () => {
    const peer = await startPeer();
    const transport = startTransport();
    for (const spanId of [0n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 64n - 1n]) {
      await transport.send(callTo(peer.endpoint), sampleRecord({ spanId }));
      const body = peer.requests().at(-1)?.body ?? "";
      expect(body).toContain(`"span_id":${spanId},`);
      expect(parseWireReceipt(body)).toMatchObject({ kind: "parsed", receipt: { spanId } });
    }
  });

  test("no source store where a seeds' peer is the origin", async () => {
    const peer = await startPeer();
    await startTransport().send(callTo(peer.endpoint), sampleRecord({ sourceStore: undefined, sourceSeq: undefined }));
    expect(peer.requests()[0]?.body).not.toContain("source_s");
  });

  test("reads and questions without a body, and without our memory of a store that we never saw", async () => {
    const peer = await startPeer();
    const transport = startTransport();
    await transport.read(callTo(peer.endpoint), "abc123");
    await transport.describe(callTo(peer.endpoint));
    expect(peer.requests().map(({ method, path, body }) => [method, path, body])).toEqual([
      ["GET", "/api/v1/receipts/abc123", ""],
      ["GET", "/api/v1/region", ""],
    ]);
    expect(peer.requests()[0]?.headers).not.toHaveProperty("x-rsync-seen");
    expect(peer.requests()[0]?.headers).not.toHaveProperty("content-type");
  });

  test("a path prefix is kept, with or without a slash at its end", async () => {
    const peer = await startPeer();
    const transport = startTransport();
    for (const prefix of ["/west/eu", "/west/eu/"]) {
      await transport.send(callTo(peer.endpoint + prefix), sampleRecord());
      await transport.read(callTo(peer.endpoint + prefix), "abc123");
    }
    expect(new Set(peer.requests().map((request) => request.path))).toEqual(
      new Set(["/west/eu/receipt-sync", "/west/eu/api/v1/receipts/abc123"]),
    );
  });
});

describe("an id is one segment of the path, whatever it holds", () => {
  const ids: readonly (readonly [id: string, segment: string])[] = [
    ["a/b", "a%2Fb"],
    ["100%", "100%25"],
    ["%2F", "%252F"],
    ["what?", "what%3F"],
    ["a#b", "a%23b"],
    ["two words", "two%20words"],
    ["レシート é 🧾", "%E3%83%AC%E3%82%B7%E3%83%BC%E3%83%88%20%C3%A9%20%F0%9F%A7%BE"],
    ["..", "%2E%2E"],
    [".", "%2E"],
    ["../..", "..%2F.."],
    ["a\\b", "a%5Cb"],
    ["a;b=c&d+e", "a%3Bb%3Dc%26d%2Be"],
  ];
  test.each(ids)("%s", async (receiptId, segment) => {
    const peer = await startPeer();
    await peer.become({ kind: "acknowledgesAs", from: callTo("").from });
    const transport = startTransport();
    await transport.send(callTo(`${peer.endpoint}/west`), sampleRecord({ receiptId }));
    const result = await transport.read(callTo(`${peer.endpoint}/west`), receiptId);
    expect(peer.requests().at(-1)?.path).toBe(`/west/api/v1/receipts/${segment}`);
    expect(result).toMatchObject({ kind: "replied", reply: { kind: "held", receipt: { receiptId } } });
  });
});

describe("connections", () => {
  test("are kept for the next call", async () => {
    const server = await startServer(
      (request, response) => void request.resume().on("end", () => response.end(acknowledgement())),
    );
    const transport = startTransport();
    for (let call = 0; call < 5; call++) await transport.send(callTo(server.endpoint), sampleRecord());
    await transport.read(callTo(server.endpoint), "abc123");
    expect(server.connections()).toBe(1);
  });

  test("are as many as allowed and no more, each with one request at a time", async () => {
    let open = 0;
    let openMost = 0;
    const waiting: (() => void)[] = [];
    const server = await startServer((request, response) => {
      openMost = Math.max(openMost, ++open);
      request.resume().on("end", () => {
        waiting.push(() => {
          open--;
          response.end(acknowledgement());
        });
        if (waiting.length === 3) for (const answer of waiting.splice(0)) answer();
      });
    });
    const transport = startTransport({ connectionsMax: 3 });
    const calls = Array.from({ length: 12 }, () => transport.send(callTo(server.endpoint), sampleRecord()));
    for (const call of calls) expect((await call).kind).toBe("replied");
    expect([openMost, server.connections()]).toEqual([3, 3]);
  });

  test("of one region are not shared with another at the same host", async () => {
    const server = await startServer((request, response) => {
      if (request.url?.startsWith("/slow/")) return;
      request.resume().on("end", () => response.end(acknowledgement()));
    });
    const transport = startTransport({ connectionsMax: 1 });
    const slow = transport.send(callTo(`${server.endpoint}/slow`), sampleRecord());
    expect((await transport.send(callTo(`${server.endpoint}/fast`), sampleRecord())).kind).toBe("replied");
    await transport.close();
    expect((await slow).kind).toBe("failed");
  });

  test("are given up when the server asks for it", async () => {
    const server = await startServer((request, response) => {
      response.setHeader("connection", "close");
      request.resume().on("end", () => response.end(acknowledgement()));
    });
    const transport = startTransport();
    for (let call = 0; call < 3; call++) {
      expect((await transport.send(callTo(server.endpoint), sampleRecord())).kind).toBe("replied");
    }
    expect(server.connections()).toBe(3);
  });
});

test("options that make no sense are refused at once", () => {
  for (const value of [0, -1, 1.5, Number.NaN]) {
    expect(() => httpTransport({ connectionsMax: value })).toThrow(RangeError);
    expect(() => httpTransport({ replyBytesMax: value })).toThrow(RangeError);
    expect(() => httpTransport({ keepAliveMs: value })).toThrow(RangeError);
  }
});
