/** What other regions send in batches: each receipt on its own, all of them in one commit. */
import { type AppendResult, BATCH_BYTES_MAX, BATCH_RECEIPTS_MAX, StoreError, type StoreErrorKind } from "@rsync/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, LoopbackDeployment } from "./loopback-deployment.ts";
import { post, serve, WIRE } from "./served-region.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

const PATH = "/receipt-sync/batch";
const wire = (receipt_id: string, changes: Readonly<Record<string, unknown>> = {}) => ({
  ...WIRE,
  receipt_id,
  ...changes,
});
const batch = (...receipts: readonly unknown[]): RequestInit => post(JSON.stringify({ receipts }));
const rowsHeld = async () => (await deployment.store(EAST).count()).rows;

describe("a batch", () => {
  it("is acknowledged receipt by receipt, in its order", async () => {
    const ask = await serve(deployment);
    const single = await ask("/receipt-sync", post(JSON.stringify(WIRE)));
    const { status, headers, body } = await ask(PATH, batch(WIRE, wire("a/b 収据", { committed: false })));
    expect([status, headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(headers.get("x-rsync-region")).toBe(EAST);
    const digest = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(body).toEqual({
      durability: "memory",
      results: [
        { status: "acknowledged", receipt_id: "abc123", digest: single.body["digest"], committed: true },
        { status: "acknowledged", receipt_id: "a/b 収据", digest, committed: false },
      ],
    });
    expect(await rowsHeld()).toBe(2);
  });

  it("keeps every digit of a span id, and the envelope", async () => {
    const ask = await serve(deployment);
    const text = JSON.stringify({ receipts: [WIRE, wire("second")] });
    await ask(PATH, post(text.replaceAll("789", "18446744073709551615")));
    for (const receiptId of ["abc123", "second"]) {
      const record = (await deployment.store(EAST).get(receiptId))?.record;
      expect(record).toMatchObject({
        spanId: 18_446_744_073_709_551_615n,
        timestamp: WIRE.timestamp,
        sourceRegion: "primary",
      });
    }
  });

  it("of none is answered with none", async () => {
    expect(await (await serve(deployment))(PATH, batch())).toMatchObject({ status: 200, body: { results: [] } });
  });

  it("goes into the log in one append, and nothing is said before it is done (I3)", async () => {
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const appended: number[] = [];
    const plain = deployment.freshStore(EAST);
    const ask = await serve(deployment, {
      append: async (items) => {
        appended.push(items.length);
        const results = await plain.append(items);
        begun.resolve();
        await gate.promise;
        return results;
      },
    });
    let answered = false;
    const asking = ask(PATH, batch(wire("a"), wire("b"), {}, wire("c"))).finally(() => {
      answered = true;
    });
    await begun.promise;
    await deployment.clock.settle();
    expect(answered).toBe(false);
    gate.resolve();
    expect((await asking).status).toBe(200);
    expect(appended).toEqual([3]);
  });

  it("may name an id again: the copies are taken in order", async () => {
    const { body } = await (await serve(deployment))(
      PATH,
      batch(
        wire("a", { committed: false }),
        wire("a"),
        wire("a", { committed: false }),
        wire("a", { ticks: 43 }),
        wire("b"),
      ),
    );
    expect(body["results"]).toMatchObject([
      { status: "acknowledged", committed: false },
      { status: "acknowledged", committed: true },
      { status: "acknowledged", committed: true },
      { status: 409 },
      { status: "acknowledged", receipt_id: "b" },
    ]);
  });
});

describe("a bad receipt in a batch fails alone", () => {
  it("a conflict, with both digests, told in the log and to listeners (I4)", async () => {
    const ask = await serve(deployment);
    const first = await ask("/receipt-sync", post(JSON.stringify(WIRE)));
    const told: unknown[] = [];
    deployment.manager(EAST).on("conflict", (event) => told.push(event));
    const { body } = await ask(PATH, batch(wire("a"), wire("abc123", { ticks: 43 }), wire("b")));
    const offered = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(body["results"]).toMatchObject([
      { status: "acknowledged", receipt_id: "a" },
      {
        status: 409,
        receipt_id: "abc123",
        problem: {
          type: "urn:receipt-sync:problem:conflict",
          title: expect.any(String),
          detail: expect.stringContaining("abc123"),
          held_digest: first.body["digest"],
          held_committed: true,
          offered_digest: offered,
          offered_committed: true,
        },
      },
      { status: "acknowledged", receipt_id: "b" },
    ]);
    expect(told).toEqual([{ receiptId: "abc123", heldDigest: first.body["digest"], offeredDigest: offered }]);
    expect(deployment.messages(EAST).filter((message) => message.includes("abc123"))).toHaveLength(1);
    expect((await deployment.store(EAST).get("abc123"))?.record.ticks).toBe(42);
  });

  it("an invalid one, with each field named; by its place where its id is the trouble", async () => {
    const bad = [
      wire("b", { ticks: -1, hash: "xyz" }),
      wire("", { ticks: -1 }),
      wire("x".repeat(257)),
      7,
      null,
      [],
      {},
    ];
    const { status, body } = await (await serve(deployment))(PATH, batch(wire("a"), ...bad, wire("c")));
    expect(status).toBe(200);
    const problem = { type: "urn:receipt-sync:problem:invalid-receipt" };
    expect(body["results"]).toMatchObject([
      { status: "acknowledged", receipt_id: "a" },
      { status: 422, receipt_id: "b", problem: { ...problem, errors: [{ field: "hash" }, { field: "ticks" }] } },
      { status: 422, index: 2, problem: { ...problem, errors: [{ field: "receipt_id" }, { field: "ticks" }] } },
      ...[3, 4, 5, 6, 7].map((index) => ({ status: 422, index, problem })),
      { status: "acknowledged", receipt_id: "c" },
    ]);
    expect(await rowsHeld()).toBe(2);
  });
});

describe("a request that is no batch, or too much of one, is refused as a whole", () => {
  it.each([
    ["not JSON", '{"receipts":[', 400, "not-json"],
    ["nothing", "", 400, "not-json"],
    ["no object", "[]", 422, "invalid-request"],
    ["no receipts", "{}", 422, "invalid-request"],
    ["receipts that are no array", '{"receipts":{}}', 422, "invalid-request"],
    ["a single receipt", JSON.stringify(WIRE), 422, "invalid-request"],
  ])("%s", async (_, body, status, kind) => {
    const type = `urn:receipt-sync:problem:${kind}`;
    expect(await (await serve(deployment))(PATH, post(body))).toMatchObject({ status, body: { type } });
  });

  it("more receipts than the limit: 413, and none is stored", async () => {
    const ask = await serve(deployment);
    const receipts = Array.from({ length: BATCH_RECEIPTS_MAX + 1 }, (_, index) => wire(`r${index}`));
    const refused = await ask(PATH, batch(...receipts));
    const limits = { receipts_max: BATCH_RECEIPTS_MAX, bytes_max: BATCH_BYTES_MAX };
    expect(refused).toMatchObject({ status: 413, body: { type: "urn:receipt-sync:problem:too-large", ...limits } });
    expect(await rowsHeld()).toBe(0);
    expect((await ask(PATH, batch(...receipts.slice(1)))).status).toBe(200);
    expect(await rowsHeld()).toBe(BATCH_RECEIPTS_MAX);
  });

  it("more bytes than the limit: 413; exactly as many are taken", async () => {
    const ask = await serve(deployment);
    const text = JSON.stringify({ receipts: [WIRE] });
    expect((await ask(PATH, post(text.padEnd(BATCH_BYTES_MAX + 1)))).status).toBe(413);
    expect(await rowsHeld()).toBe(0);
    expect((await ask(PATH, post(text.padEnd(BATCH_BYTES_MAX)))).status).toBe(200);
  });

  it("another method: 405 with Allow", async () => {
    const { status, headers } = await (await serve(deployment))(PATH);
    expect([status, headers.get("allow")]).toEqual([405, "POST"]);
  });

  it.each([
    ["full", 507, "store-full"],
    ["overloaded", 503, "overloaded"],
    ["failed", 503, "store-failed"],
  ] as const)("a store that is %s: %i with Retry-After", async (kind: StoreErrorKind, status, problem) => {
    const ask = await serve(deployment, { append: () => Promise.reject(new StoreError(kind, `it is ${kind}`)) });
    const refused = await ask(PATH, batch(wire("a"), {}, wire("b")));
    expect(refused).toMatchObject({ status, body: { type: `urn:receipt-sync:problem:${problem}` } });
    expect(refused.headers.get("retry-after")).toBe("1");
  });

  it("a store that gives fewer results than it was asked for: 503, nothing is acknowledged", async () => {
    const one: AppendResult = { kind: "duplicate", held: { digest: "0".repeat(64), committed: true } };
    const ask = await serve(deployment, { append: async () => [one] });
    const refused = await ask(PATH, batch(wire("a"), wire("b")));
    expect(refused).toMatchObject({ status: 503, body: { type: "urn:receipt-sync:problem:store-failed" } });
  });
});
