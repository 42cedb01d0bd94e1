import { formatWireReceipt } from "@rsync/core";
import { describe, expect, test } from "vitest";
import { html, json, type Listener, ours, page, problem, replyOf } from "./reply-parts.ts";
import { callTo, sampleRecord } from "./sample-call.ts";
import { replyWith, startServer } from "./start-server.ts";
import { startTransport } from "./start-transport.ts";

async function readFrom(listener: Listener, receiptId = "abc123") {
  const { endpoint } = await startServer(listener);
  return startTransport().read(callTo(endpoint), receiptId);
}

async function describeBy(listener: Listener) {
  const { endpoint } = await startServer(listener);
  return startTransport().describe(callTo(endpoint));
}

describe("read", () => {
  const record = sampleRecord({ spanId: 18_446_744_073_709_551_615n });

  test("the contents, exactly, with their envelope", async () => {
    const body = `${formatWireReceipt(record, record).slice(0, -1)},"durability":"fsync"}`;
    const result = await readFrom(replyWith(200, { ...json, ...ours }, body));
    const { receiptId, transactionId, hash, ticks, spanId, committed } = record;
    const { timestamp, sourceRegion, sourceStore, sourceSeq } = record;
    expect(replyOf(result)).toEqual({
      kind: "held",
      receipt: { receiptId, transactionId, hash, ticks, spanId, committed },
      envelope: { timestamp, sourceRegion, sourceStore, sourceSeq },
      durability: "fsync",
    });
    expect(result.identification.from?.regionId).toBe("us-west-1");
  });

  test("a bare yes of a seeds' peer, as any JSON", async () => {
    for (const body of ['{"receipt_id":"abc123"}', "{}", "true", "[]"]) {
      expect(replyOf(await readFrom(replyWith(200, json, body)))).toEqual({ kind: "present" });
    }
  });

  test("no bare yes of a region of ours, which owes the contents", async () => {
    const result = await readFrom(replyWith(200, { ...json, ...ours }, '{"receipt_id":"abc123"}'));
    expect(result).toMatchObject({ kind: "failed", fault: { kind: "garbled" } });
  });

  test("another receipt than asked for is a mismatch, contents or not", async () => {
    for (const body of [formatWireReceipt(record), '{"receipt_id":"abc123"}']) {
      const result = await readFrom(replyWith(200, json, body), "asked");
      const fault = { kind: "mismatch", field: "receiptId", expected: "asked", received: "abc123" };
      expect(result).toMatchObject({ kind: "failed", fault });
    }
  });

  test("a hostile id is cut and escaped in the fault", async () => {
    const receiptId = "r1\u001b[2J\n".repeat(80_000);
    const result = await readFrom(replyWith(200, json, JSON.stringify({ receipt_id: receiptId })));
    if (result.kind !== "failed" || result.fault.kind !== "mismatch") throw new Error("It is no mismatch");
    expect(result.fault.received).toMatch(/^r1\\u\{1b\}[^\p{C}]{1,260}$/u);
  });

  test("HTML, nothing, or another success: garbled", async () => {
    for (const [status, body] of [
      [200, page],
      [200, ""],
      [203, "{}"],
    ] as const) {
      expect(await readFrom(replyWith(status, html, body))).toMatchObject({ fault: { kind: "garbled", status } });
    }
  });

  test("absent, where the region itself says so", async () => {
    expect(replyOf(await readFrom(problem("not-found", 404)))).toEqual({ kind: "absent" });
    expect(replyOf(await readFrom(replyWith(404, {}, "")))).toEqual({ kind: "absent" });
    expect(replyOf(await readFrom(replyWith(404, json, '{"error":"not found"}')))).toEqual({ kind: "absent" });
  });

  test("not absent, where a proxy or another service says 404", async () => {
    const elsewhere = [
      replyWith(404, html, page),
      replyWith(404, { "content-type": "text/plain" }, "404 page not found"),
      replyWith(404, { ...ours }, ""),
      replyWith(404, { "x-rsync-region": "us-west-1" }, ""),
      problem("unknown-route", 404),
    ];
    for (const listener of elsewhere) {
      expect(await readFrom(listener)).toMatchObject({ kind: "failed", fault: { kind: "status", status: 404 } });
    }
  });

  test("pruned and refilling, only by their problem documents", async () => {
    expect(replyOf(await readFrom(problem("pruned", 410)))).toEqual({ kind: "pruned" });
    expect(replyOf(await readFrom(problem("refilling", 503)))).toEqual({ kind: "unknown" });
    expect(await readFrom(replyWith(410, json, ""))).toMatchObject({ fault: { kind: "status", status: 410 } });
    expect(await readFrom(replyWith(503, json, ""))).toMatchObject({ fault: { kind: "status", status: 503 } });
    expect(await readFrom(problem("overloaded", 503))).toMatchObject({ fault: { kind: "status", status: 503 } });
  });
});

describe("describe", () => {
  const description = {
    region: "us-west-1",
    store_id: "s1",
    durability: "fsync",
    versions: [1],
    policy_digest: "ab".repeat(32),
    something: "of a later version",
  };

  test("who the region is", async () => {
    expect(replyOf(await describeBy(replyWith(200, json, JSON.stringify(description))))).toEqual({
      durability: "fsync",
      policyDigest: "ab".repeat(32),
    });
  });

  test("garbled where a field is missing or wrong", async () => {
    const wrong = [
      { durability: undefined },
      { durability: "disk" },
      { policy_digest: undefined },
      { policy_digest: "a".repeat(100_000) },
    ];
    for (const change of wrong) {
      const body = JSON.stringify({ ...description, ...change });
      expect([change, await describeBy(replyWith(200, json, body))]).toMatchObject([
        change,
        { fault: { kind: "garbled" } },
      ]);
    }
    expect(await describeBy(replyWith(200, html, page))).toMatchObject({ fault: { kind: "garbled" } });
  });

  test("garbled where it names another region or store than its own headers", async () => {
    expect(await describeBy(replyWith(200, { ...json, ...ours }, JSON.stringify(description)))).toMatchObject({
      kind: "replied",
      identification: { from: { regionId: "us-west-1", store: { storeId: "s1" } } },
    });
    for (const change of [
      { region: "eu-west-1" },
      { region: undefined },
      { store_id: "s2" },
      { store_id: undefined },
    ]) {
      const body = JSON.stringify({ ...description, ...change });
      expect([change, await describeBy(replyWith(200, { ...json, ...ours }, body))]).toMatchObject([
        change,
        { kind: "failed", fault: { kind: "garbled", status: 200 } },
      ]);
    }
  });

  test("a seeds' peer has no such page, which is a status like any other", async () => {
    expect(await describeBy(replyWith(404, {}, ""))).toMatchObject({
      kind: "failed",
      fault: { kind: "status", status: 404 },
    });
  });
});
