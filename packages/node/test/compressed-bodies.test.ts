/** Compressed requests of other regions: taken where they are whole, and never more of them than a plain one could bring. */
import { gzipSync, zstdCompressSync } from "node:zlib";
import { BATCH_BYTES_MAX } from "@rsync/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, LoopbackDeployment } from "./loopback-deployment.ts";
import { post, serve, WIRE } from "./served-region.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

const json = { "content-type": "application/json" };
const paths = [
  ["/receipt-sync", JSON.stringify(WIRE), 65_536],
  ["/receipt-sync/batch", JSON.stringify({ receipts: [WIRE] }), BATCH_BYTES_MAX],
] as const;
const zstd = (text: string | Uint8Array) => new Uint8Array(zstdCompressSync(text));
const gzip = (text: string | Uint8Array) => new Uint8Array(gzipSync(text));
const compressed = (bytes: Uint8Array<ArrayBuffer>, encoding: string) =>
  post(bytes, { ...json, "content-encoding": encoding });

/** A zstd frame of blocks that each stand for 128 KiB in four bytes; `window` is the byte that says how far back it refers. */
function bomb(bytes: number, window = 0x38): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(bytes);
  frame.set([0x28, 0xb5, 0x2f, 0xfd, 0x00, window]);
  for (let at = 6; at + 4 <= bytes; at += 4) frame.set([0x02, 0x00, 0x10, 0x20], at);
  return frame;
}

describe.each(paths)("POST %s", (path, text, bytesMax) => {
  it.each([
    ["zstd", zstd(text)],
    ["gzip", gzip(text)],
    ["x-gzip", gzip(text)],
    [" ZSTD ", zstd(text)],
  ])("takes %j", async (encoding, bytes) => {
    const ask = await serve(deployment);
    expect((await ask(path, compressed(bytes, encoding))).status).toBe(200);
    expect((await deployment.store(EAST).get("abc123"))?.record.ticks).toBe(42);
  });

  it.each(["br", "zstd, gzip", "deflate", "nonsense"])("knows no %j: 415, and says what it knows", async (encoding) => {
    const { status, headers } = await (await serve(deployment))(path, compressed(zstd(text), encoding));
    expect([status, headers.get("accept-encoding")]).toEqual([415, "zstd, gzip"]);
  });

  it("is silent about encodings where another type of body is the trouble (RFC 9110, 12.5.3)", async () => {
    const { status, headers } = await (await serve(deployment))(path, post(text, { "content-type": "text/plain" }));
    expect([status, headers.get("accept-encoding")]).toEqual([415, null]);
  });

  it.each([
    ["zstd, cut short", zstd(text).slice(0, -5), "zstd"],
    ["gzip, cut short", gzip(text).slice(0, -5), "gzip"],
    ["nothing as zstd", new Uint8Array(), "zstd"],
    ["nothing as gzip", new Uint8Array(), "gzip"],
    ["plain JSON as zstd", new TextEncoder().encode(text), "zstd"],
    ["zstd as gzip", zstd(text), "gzip"],
    ["zstd of what is no UTF-8", zstd(new Uint8Array([0x22, 0xff, 0x22])), "zstd"],
  ])("%s: 400", async (_, bytes, encoding) => {
    const refused = await (await serve(deployment))(path, compressed(bytes, encoding));
    expect(refused).toMatchObject({ status: 400, body: { type: "urn:receipt-sync:problem:not-json" } });
    expect((await deployment.store(EAST).count()).rows).toBe(0);
  });

  it("bounds what it inflates to as it bounds a plain body", async () => {
    const ask = await serve(deployment);
    for (const [encode, encoding] of [
      [zstd, "zstd"],
      [gzip, "gzip"],
    ] as const) {
      expect((await ask(path, compressed(encode(text.padEnd(bytesMax + 1)), encoding))).status).toBe(413);
      expect((await ask(path, compressed(encode(text.padEnd(bytesMax)), encoding))).status).toBe(200);
    }
  });

  it("stops a bomb at its bound: this one would make gigabytes", async () => {
    const refused = await (await serve(deployment))(path, compressed(bomb(bytesMax), "zstd"));
    expect(refused).toMatchObject({ status: 413, body: { type: "urn:receipt-sync:problem:too-large" } });
  });

  it("gives no frame the memory that it asks for: this one wants 32 MiB", async () => {
    const refused = await (await serve(deployment))(path, compressed(bomb(100, 0x78), "zstd"));
    expect(refused).toMatchObject({ status: 400 });
  });

  it("bounds what comes over the wire, too", async () => {
    const refused = await (await serve(deployment))(path, compressed(bomb(bytesMax + 1), "zstd"));
    expect(refused.status).toBe(413);
  });
});

it("every reply says what the next request may come in", async () => {
  const ask = await serve(deployment);
  const replies = [
    await ask("/receipt-sync", post(JSON.stringify(WIRE))),
    await ask("/api/v1/region"),
    await ask("/x"),
  ];
  expect(replies.map(({ headers }) => headers.get("accept-encoding"))).toEqual(replies.map(() => "zstd, gzip"));
});
