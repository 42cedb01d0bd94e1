import { type AppendResult, StoreError, type StoreErrorKind } from "@rsync/core";
import { PEER_BODY_BYTES_MAX } from "@rsync/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, LoopbackDeployment, receipt } from "./loopback-deployment.ts";
import { post, serve as serveRegion, WIRE } from "./served-region.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

const serve = (options?: Parameters<typeof serveRegion>[1]) => serveRegion(deployment, options);

describe("the receiving side, mounted", () => {
  it("acknowledges as the seeds do, with our fields beside; a retry with another timestamp is a duplicate", async () => {
    const ask = await serve();
    const first = await ask("/receipt-sync", post(JSON.stringify(WIRE)));
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      status: "acknowledged",
      receipt_id: "abc123",
      timestamp: "2025-11-16T12:00:00.000Z",
      committed: true,
      durability: "memory",
    });
    const again = await ask("/receipt-sync", post(JSON.stringify({ ...WIRE, timestamp: "2025-11-16T12:00:09Z" })));
    expect(again.body["digest"]).toBe(first.body["digest"]);
    expect(await deployment.store(EAST).count()).toEqual({ rows: 1, own: 0 });
    expect((await deployment.store(EAST).get("abc123"))?.record).toMatchObject({
      timestamp: WIRE.timestamp,
      sourceRegion: "primary",
    });
  });

  it("introduces itself with every reply, failures included", async () => {
    const ask = await serve();
    for (const { headers } of [await ask("/receipt-sync", post(JSON.stringify(WIRE))), await ask("/nowhere")]) {
      expect(headers.get("x-rsync-region")).toBe(EAST);
      expect(headers.get("x-rsync-store")).toMatch(/^[\w-]+;[\w-]+;[01]$/);
    }
  });

  it("reads back with contents and ETag, whatever the id is made of", async () => {
    const ask = await serve();
    for (const receipt_id of ["a/b", "100 %", "квитанция 収据", "?&#"]) {
      await ask("/receipt-sync", post(JSON.stringify({ ...WIRE, receipt_id })));
      const found = await ask(`/api/v1/receipts/${encodeURIComponent(receipt_id)}`);
      expect(found.body).toMatchObject({ receipt_id, hash: "01020304" });
      expect(found.headers.get("etag")).toBe(`"${found.body["digest"]}-1"`);
    }
    expect(await ask("/api/v1/receipts/never")).toMatchObject({
      status: 404,
      body: { type: "urn:receipt-sync:problem:not-found" },
    });
    expect((await ask("/api/v1/receipts/%E0%A4%A")).status).toBe(404);
  });

  it("describes the region", async () => {
    const { body } = await (await serve())("/api/v1/region");
    expect(body).toMatchObject({ region: EAST, durability: "memory", versions: [1], encodings: ["zstd", "gzip"] });
    expect(body["limits"]).toEqual({ body_bytes_max: 65_536, batch_receipts_max: 1_000, batch_bytes_max: 1_048_576 });
  });

  it("tells stale, upgrade and conflict apart", async () => {
    const ask = await serve();
    const early = await ask("/receipt-sync", post(JSON.stringify({ ...WIRE, committed: false })));
    expect(early.body["committed"]).toBe(false);
    expect((await ask("/receipt-sync", post(JSON.stringify(WIRE)))).body["committed"]).toBe(true);
    const stale = await ask("/receipt-sync", post(JSON.stringify({ ...WIRE, committed: false })));
    expect(stale).toMatchObject({ status: 200, body: { committed: true } });
    const conflict = await ask("/receipt-sync", post(JSON.stringify({ ...WIRE, ticks: 43 })));
    expect(conflict).toMatchObject({
      status: 409,
      body: { type: "urn:receipt-sync:problem:conflict", held_digest: early.body["digest"], held_committed: true },
    });
    expect(conflict.body["offered_digest"]).not.toBe(conflict.body["held_digest"]);
    expect(conflict.headers.get("content-type")).toBe("application/problem+json");
  });

  it("below a prefix, and nowhere else", async () => {
    const ask = await serve({ prefix: "/sync/" });
    expect((await ask("/sync/receipt-sync", post(JSON.stringify(WIRE)))).status).toBe(200);
    expect((await ask("/sync/api/v1/region")).status).toBe(200);
    for (const path of ["/receipt-sync", "/synchrotron/receipt-sync", "/sync", "/"]) {
      expect(await ask(path)).toMatchObject({ status: 404, body: { type: "urn:receipt-sync:problem:unknown-route" } });
    }
  });
});

describe("bad input", () => {
  it.each([
    ["GET", "/receipt-sync", "POST"],
    ["POST", "/api/v1/region", "GET"],
    ["DELETE", "/api/v1/receipts/abc", "GET"],
  ])("%s %s: 405 with Allow", async (method, path, allow) => {
    const { status, headers } = await (await serve())(path, { method });
    expect([status, headers.get("allow")]).toEqual([405, allow]);
  });

  it.each([
    ["another content type", { "content-type": "text/plain" }],
    ["no content type", { "content-type": "" }],
    ["an encoding", { "content-type": "application/json", "content-encoding": "br" }],
  ])("%s: 415", async (_, headers) => {
    expect((await (await serve())("/receipt-sync", post(JSON.stringify(WIRE), headers))).status).toBe(415);
  });

  it("a charset beside the type, and identity, are fine", async () => {
    const headers = { "content-type": "Application/JSON; charset=utf-8", "content-encoding": "identity" };
    expect((await (await serve())("/receipt-sync", post(JSON.stringify(WIRE), headers))).status).toBe(200);
  });

  it("not JSON, nothing at all, and not UTF-8: 400", async () => {
    const ask = await serve();
    const bodies = ["{", "", new Uint8Array([...Buffer.from('{"receipt_id":"'), 0xff, ...Buffer.from('"}')])];
    for (const body of bodies) expect(await ask("/receipt-sync", post(body))).toMatchObject({ status: 400 });
    const { status } = await ask("/receipt-sync", { method: "POST", headers: { "content-type": "application/json" } });
    expect(status).toBe(400);
    expect((await deployment.store(EAST).count()).rows).toBe(0);
  });

  it("more bytes than a receipt can have: 413, also when they come in pieces", async () => {
    const ask = await serve();
    const chunk = new TextEncoder().encode(" ".repeat(PEER_BODY_BYTES_MAX / 2 + 1));
    let pulled = 0;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled += 1;
        controller.enqueue(chunk);
      },
    });
    const init: RequestInit & { readonly duplex: "half" } = { ...post(stream), duplex: "half" };
    expect((await ask("/receipt-sync", init)).status).toBe(413);
    expect(pulled).toBeLessThan(5);
  });

  it("wrong fields: 422 with each of them named", async () => {
    const wrong = { ...WIRE, ticks: -1, span_id: "18446744073709551616", hash: "xyz" };
    const { status, body } = await (await serve())("/receipt-sync", post(JSON.stringify(wrong)));
    expect(status).toBe(422);
    expect(body["errors"]).toMatchObject([{ field: "hash" }, { field: "ticks" }, { field: "span_id" }]);
  });
});

describe("a store that can not", () => {
  const failing = (kind: StoreErrorKind) => (): Promise<readonly AppendResult[]> => {
    return Promise.reject(new StoreError(kind, `the store is ${kind}`));
  };

  it.each([
    ["full", 507, "store-full"],
    ["overloaded", 503, "overloaded"],
    ["failed", 503, "store-failed"],
    ["closed", 503, "store-failed"],
  ] as const)("is %s: %i with Retry-After, and reads go on", async (kind, status, problem) => {
    const ask = await serve({ append: failing(kind) });
    const refused = await ask("/receipt-sync", post(JSON.stringify(WIRE)));
    expect(refused).toMatchObject({ status, body: { type: `urn:receipt-sync:problem:${problem}` } });
    expect(refused.headers.get("retry-after")).toBe("1");
    expect((await ask("/api/v1/region")).status).toBe(200);
  });

  it("fails in an unforeseen way: 500, and nothing is told", async () => {
    const ask = await serve({ append: () => Promise.reject(new Error("secret detail")) });
    const { status, body } = await ask("/receipt-sync", post(JSON.stringify(WIRE)));
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain("secret");
  });

  it("gives no result: 503, no acknowledgement", async () => {
    const ask = await serve({ append: async () => [] });
    expect((await ask("/receipt-sync", post(JSON.stringify(WIRE)))).status).toBe(503);
    await expect(deployment.manager(EAST).syncReceipt(receipt(1))).rejects.toThrow("Bug");
  });
});
