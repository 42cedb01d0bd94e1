import { type BatchItemReply, problemType } from "@rsync/core";
import { type FaultyBehaviour, faultyPeer, seedOnlyPeer } from "@rsync/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { html, json, type Listener, ours, page, problem, replyOf } from "./reply-parts.ts";
import { callTo, sampleRecord } from "./sample-call.ts";
import { replyWith, startServer } from "./start-server.ts";
import { startTransport } from "./start-transport.ts";

const digest = "ab".repeat(32);
const records = [
  sampleRecord({ receiptId: "a", digest }),
  sampleRecord({ receiptId: "b", digest }),
  sampleRecord({ receiptId: "c", digest }),
];
const self = callTo("").from;

async function sendTo(listener: Listener) {
  const { endpoint } = await startServer(listener);
  return startTransport().sendBatch(callTo(endpoint), records);
}

const results = (...items: readonly unknown[]): Listener =>
  replyWith(200, { ...json, ...ours }, JSON.stringify({ durability: "fsync", results: items }));

const taken = (receipt_id: string, changes: Readonly<Record<string, unknown>> = {}) => ({
  status: "acknowledged",
  receipt_id,
  digest,
  committed: true,
  ...changes,
});

const acknowledged = (receiptId: string, changes: object = {}): BatchItemReply => ({
  kind: "acknowledged",
  acknowledgement: { receiptId, digest, committed: true, durability: "fsync", ...changes },
});

/** The ids that the items of a reply name. */
async function namedBy(...items: readonly unknown[]): Promise<readonly string[]> {
  return replyOf(await sendTo(results(...items))).map((item) =>
    item.kind === "acknowledged" ? item.acknowledgement.receiptId : `${item.receiptId}!`,
  );
}

describe("sendBatch: the request", () => {
  test("is one array of receipts below the endpoint, each as it is sent alone but for digits in quotes", async () => {
    const peer = await faultyPeer({ kind: "acknowledgesAs", from: self });
    onTestFinished(() => peer.close());
    const transport = startTransport();
    const call = callTo(`${peer.endpoint}/west`, { seen: { storeId: "s1", epoch: "e1", position: 7 } });
    await transport.sendBatch(call, records);
    for (const record of records) await transport.send(call, record);
    const [batch, ...singles] = peer.requests();
    expect([batch?.method, batch?.path]).toEqual(["POST", "/west/receipt-sync/batch"]);
    const inQuotes = singles.map(({ body }) => body.replace(/"span_id":(\d+)/, '"span_id":"$1"'));
    expect(batch?.body).toBe(`{"receipts":[${inQuotes.join(",")}]}`);
    expect(batch?.headers).toMatchObject({ ...json, "x-rsync-region": "us-east-1", "x-rsync-seen": "s1;e1;7" });
    expect(batch?.headers).not.toHaveProperty("content-encoding");
  });
});

describe("sendBatch: the reply", () => {
  test("acknowledges each, with the durability that is said once", async () => {
    const result = await sendTo(results(taken("a"), taken("b", { committed: false }), taken("c")));
    expect(result).toEqual({
      kind: "replied",
      reply: [acknowledged("a"), acknowledged("b", { committed: false }), acknowledged("c")],
      identification: {
        from: { regionId: "us-west-1", store: { storeId: "s1", epoch: "e1", position: 7 }, refilling: false },
        seen: undefined,
      },
    });
  });

  test("may say durability for one alone", async () => {
    const reply = replyOf(await sendTo(results(taken("a", { durability: "memory" }), taken("b"))));
    expect(reply).toEqual([acknowledged("a", { durability: "memory" }), acknowledged("b")]);
  });

  test("refuses one, in the words that it would use to one alone", async () => {
    const conflict = {
      type: problemType("conflict"),
      title: "A title",
      detail: "A\u0007 detail",
      offered_digest: digest,
      held_digest: "cd".repeat(32),
    };
    const reply = replyOf(await sendTo(results(taken("a"), { status: 409, receipt_id: "b", problem: conflict })));
    expect(reply[1]).toMatchObject({
      kind: "failed",
      receiptId: "b",
      digest,
      fault: {
        kind: "status",
        status: 409,
        problem: { kind: "conflict", title: "A title", detail: "A detail", heldDigest: "cd".repeat(32) },
        retryAfterMs: undefined,
      },
    });
  });

  test("fails one with a bare status, or by its place", async () => {
    const reply = replyOf(await sendTo(results({ status: 503, receipt_id: "a" }, { status: 422, index: 1 })));
    expect(reply).toMatchObject([
      { kind: "failed", receiptId: "a", digest: undefined, fault: { status: 503, problem: undefined, excerpt: "" } },
      { kind: "failed", receiptId: "b", digest: undefined, fault: { status: 422 } },
    ]);
  });

  test("is passed on with what was left out, repeated or never asked for: core matches", async () => {
    expect(await namedBy(taken("c"), taken("a"), taken("a"), taken("z"))).toEqual(["c", "a", "a", "z"]);
  });
});

describe("sendBatch: an item that can not be read says nothing, and nothing about its neighbours", () => {
  const offered = (offered_digest: unknown) => ({ status: 409, receipt_id: "b", problem: { offered_digest } });
  test.each<[string, unknown]>([
    ["no object", 7],
    ["null", null],
    ["an array", []],
    ["no status", { receipt_id: "b", digest, committed: true }],
    ["another status word", taken("b", { status: "ok" })],
    ["no receipt_id", taken("b", { receipt_id: undefined })],
    ["a numeric receipt_id", taken("b", { receipt_id: 7 })],
    ["no digest", taken("b", { digest: undefined })],
    ["a short digest", taken("b", { digest: "abc" })],
    ["no committed", taken("b", { committed: undefined })],
    ["a textual committed", taken("b", { committed: "true" })],
    ["an unknown durability", taken("b", { durability: "disk" })],
    ["an acknowledgement by its place", taken("b", { receipt_id: undefined, index: 1 })],
    ["a failure of nobody", { status: 422 }],
    ["a failure of a place that there is not", { status: 422, index: 3 }],
    ["a failure of half a place", { status: 422, index: 0.5 }],
    ["a failure of a numeric receipt_id", { status: 422, receipt_id: 7, index: 1 }],
    ["a success that is none", { status: 200, receipt_id: "b" }],
    ["a redirect", { status: 307, receipt_id: "b" }],
    ["a status that is none", { status: 9999, receipt_id: "b" }],
    ["a refusal of content that can not be read", offered("xyz")],
    ["a refusal of numeric content", offered(7)],
  ])("%s", async (_, item) => {
    expect(await namedBy(taken("a"), item, taken("c"))).toEqual(["a", "c"]);
  });

  test("and takes back whatever else was said about the same receipt (I1)", async () => {
    expect(await namedBy(taken("a"), taken("b"), taken("b", { digest: "abc" }), taken("c"))).toEqual(["a", "c"]);
    expect(await namedBy(taken("b", { committed: 1 }), { status: 409, receipt_id: "b" })).toEqual([]);
  });

  test("an acknowledgement without any durability is none", async () => {
    const body = JSON.stringify({ results: [taken("a"), taken("b", { durability: "fsync" })] });
    expect(replyOf(await sendTo(replyWith(200, json, body)))).toEqual([acknowledged("b")]);
  });
});

describe("sendBatch: what is no reply to a batch is garbled as a whole", () => {
  const body = JSON.stringify({ durability: "fsync", results: [taken("a")] });
  test.each<[string, number, string]>([
    ["HTML", 200, page],
    ["nothing", 200, ""],
    ["half of the JSON", 200, body.slice(0, 30)],
    ["an array", 200, "[]"],
    ["no results", 200, '{"durability":"fsync"}'],
    ["results that are no array", 200, '{"durability":"fsync","results":{}}'],
    ["an unknown durability", 200, body.replace("fsync", "disk")],
    ["the reply to one receipt", 200, JSON.stringify(taken("a"))],
    ["201", 201, body],
    ["204", 204, ""],
  ])("%s", async (_, status, text) => {
    const result = await sendTo(replyWith(status, { ...json, ...ours }, text));
    const identification = { from: { regionId: "us-west-1" } };
    expect(result).toMatchObject({ kind: "failed", fault: { kind: "garbled", status }, identification });
  });

  test("more bytes than are allowed", async () => {
    const { endpoint } = await startServer(replyWith(200, { ...json, ...ours }, body));
    const short = startTransport({ replyBytesMax: body.length - 1 });
    expect(await short.sendBatch(callTo(endpoint), records)).toMatchObject({ fault: { kind: "garbled" } });
    const exact = startTransport({ replyBytesMax: body.length });
    expect((await exact.sendBatch(callTo(endpoint), records)).kind).toBe("replied");
  });
});

describe("sendBatch: a status is about the whole request", () => {
  test("with its problem and its Retry-After", async () => {
    expect(await sendTo(problem("too-large", 413))).toMatchObject({
      kind: "failed",
      fault: { kind: "status", status: 413, problem: { kind: "too-large" } },
    });
    const busy = await sendTo(replyWith(503, { ...html, "retry-after": "2" }, page));
    expect(busy).toMatchObject({ fault: { kind: "status", status: 503, problem: undefined, retryAfterMs: 2_000 } });
  });

  test("a region of the seeds has no such path", async () => {
    const peer = await seedOnlyPeer();
    onTestFinished(() => peer.close());
    const result = await startTransport().sendBatch(callTo(peer.endpoint), records);
    expect(result).toMatchObject({ kind: "failed", fault: { kind: "status", status: 404, problem: undefined } });
    expect(peer.receivedIds()).toEqual([]);
  });

  test.each<[FaultyBehaviour, string]>([
    [{ kind: "refuses" }, "unreachable"],
    [{ kind: "resets" }, "broken"],
    [{ kind: "resetsInBody" }, "broken"],
    [{ kind: "neverAnswers" }, "timeout"],
    [{ kind: "stallsInBody" }, "timeout"],
    [{ kind: "answersHtml" }, "garbled"],
    [{ kind: "redirects", to: "http://127.0.0.1:1/" }, "status"],
    [{ kind: "hugeReply", replyBytes: 5 * 1024 * 1024 }, "garbled"],
  ])("a peer that %j fails it as %s", async (behaviour, kind) => {
    const peer = await faultyPeer(behaviour);
    onTestFinished(() => peer.close());
    const call = callTo(peer.endpoint, { timeoutMs: kind === "timeout" ? 50 : 5_000 });
    expect(await startTransport().sendBatch(call, records)).toMatchObject({ kind: "failed", fault: { kind } });
  });
});
