import type { IncomingHttpHeaders } from "node:http";
import { zstdDecompressSync } from "node:zlib";
import { formatWireBatch } from "@rsync/core";
import { describe, expect, test } from "vitest";
import type { HttpTransportOptions } from "../src/index.ts";
import { systemClock } from "../src/system-clock.ts";
import { json, ours } from "./reply-parts.ts";
import { callTo, sampleRecord } from "./sample-call.ts";
import { startServer } from "./start-server.ts";
import { startTransport } from "./start-transport.ts";

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const takesZstd = { ...json, ...ours, "accept-encoding": "zstd, gzip" };
const large = Array.from({ length: 100 }, (_, index) => sampleRecord({ receiptId: `receipt-${index}` }));
const largeBody = formatWireBatch(large);

/** A region that answers as told, and what arrived there. */
async function startRegion(options?: HttpTransportOptions) {
  const arrived: { readonly headers: IncomingHttpHeaders; readonly body: Buffer }[] = [];
  let answer: Answer = {};
  const { endpoint } = await startServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      arrived.push({ headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(answer.status ?? 200, answer.headers ?? takesZstd).end('{"durability":"fsync","results":[]}');
    });
  });
  const transport = startTransport({ compressRoundTripMsMin: 0, ...options });
  return {
    /** Sends the large batch, and tells how it went over the wire. */
    send: async (next: Answer = {}) => {
      answer = next;
      const result = await transport.sendBatch(callTo(endpoint), large);
      const last = arrived.at(-1);
      return { encoding: last?.headers["content-encoding"], body: last?.body ?? Buffer.alloc(0), result };
    },
    sendOne: async () => {
      answer = {};
      await transport.send(callTo(endpoint), sampleRecord());
      return arrived.at(-1)?.headers["content-encoding"];
    },
    requests: () => arrived.length,
  };
}

describe("a large body", () => {
  test("goes compressed once the region has said that it takes that", async () => {
    const region = await startRegion();
    const first = await region.send();
    expect([first.encoding, first.body.toString()]).toEqual([undefined, largeBody]);
    const second = await region.send();
    expect(second.encoding).toBe("zstd");
    expect(second.body.byteLength).toBeLessThan(largeBody.length / 4);
    expect(zstdDecompressSync(second.body).toString()).toBe(largeBody);
    expect(await region.sendOne()).toBeUndefined();
  });

  test("goes plain to a region that never said so, or that takes something else", async () => {
    const silent = [
      { ...json, ...ours },
      { ...takesZstd, "accept-encoding": "gzip" },
    ];
    const declining = [
      { ...takesZstd, "accept-encoding": "zstd;q=0" },
      { ...takesZstd, "accept-encoding": "gzip, zstd ; q=0.00" },
    ];
    for (const headers of [...silent, ...declining]) {
      const region = await startRegion();
      await region.send({ headers });
      expect([headers, (await region.send()).encoding]).toEqual([headers, undefined]);
    }
  });

  test("is believed only of a reply that says who gave it: a proxy speaks for nobody", async () => {
    const region = await startRegion();
    await region.send({ headers: { ...json, "accept-encoding": "zstd" } });
    expect((await region.send()).encoding).toBeUndefined();
  });

  test.each(["ZSTD", "gzip,zstd", "zstd;q=0.5, gzip", "br, zstd ;q=1"])("%s names zstd", async (accepts) => {
    const region = await startRegion();
    await region.send({ headers: { ...takesZstd, "accept-encoding": accepts } });
    expect((await region.send()).encoding).toBe("zstd");
  });

  test("goes plain again to a region that says that it takes it no more", async () => {
    const region = await startRegion();
    await region.send();
    expect((await region.send({ headers: { ...takesZstd, "accept-encoding": "gzip" } })).encoding).toBe("zstd");
    expect((await region.send()).encoding).toBeUndefined();
  });

  test.each([415, 400])("goes plain for ever after a %i, and is not sent again by itself (I7)", async (status) => {
    const region = await startRegion();
    await region.send();
    const refused = await region.send({ status });
    expect(refused).toMatchObject({ encoding: "zstd", result: { kind: "failed", fault: { kind: "status", status } } });
    expect(region.requests()).toBe(2);
    expect((await region.send()).encoding).toBeUndefined();
    expect((await region.send()).encoding).toBeUndefined();
  });

  test("is still compressed after other failures, and after a 415 to a plain one", async () => {
    const region = await startRegion();
    await region.send({ status: 415 });
    expect((await region.send({ status: 503 })).encoding).toBe("zstd");
    expect((await region.send()).encoding).toBe("zstd");
  });

  test("goes compressed to a region that is far away, by its quickest reply", async () => {
    let tookMs = 80;
    let readings = 0;
    // Read once before each exchange, and once after it.
    const clock = { ...systemClock, monotonicMs: () => (readings++ % 2) * tookMs };
    const region = await startRegion({ clock, compressRoundTripMsMin: 3 });
    await region.send();
    expect((await region.send()).encoding).toBe("zstd");
    tookMs = 3;
    await region.send();
    expect((await region.send()).encoding).toBe("zstd");
    tookMs = 2.9;
    await region.send();
    tookMs = 80;
    expect((await region.send()).encoding).toBeUndefined();
  });

  test("is one of at least compressBytesMin", async () => {
    for (const [compressBytesMin, encoding] of [
      [largeBody.length, "zstd"],
      [largeBody.length + 1, undefined],
      [Number.POSITIVE_INFINITY, undefined],
    ] as const) {
      const region = await startRegion({ compressBytesMin });
      await region.send();
      expect([compressBytesMin, (await region.send()).encoding]).toEqual([compressBytesMin, encoding]);
    }
    expect(() => startTransport({ compressBytesMin: 0 })).toThrow(RangeError);
    expect(() => startTransport({ compressRoundTripMsMin: -1 })).toThrow(RangeError);
  });
});

test("a body that compression makes no smaller goes as it is", async () => {
  const { endpoint } = await startServer((request, response) => {
    request
      .resume()
      .on("end", () => response.writeHead(200, takesZstd).end(String(request.headers["content-encoding"])));
  });
  const transport = startTransport({ compressBytesMin: 1, compressRoundTripMsMin: 0 });
  const excerpt = async () => {
    const result = await transport.sendBatch(callTo(endpoint), []);
    return result.kind === "failed" && result.fault.kind === "garbled" ? result.fault.excerpt : undefined;
  };
  await excerpt();
  expect(await excerpt()).toBe("undefined");
});
