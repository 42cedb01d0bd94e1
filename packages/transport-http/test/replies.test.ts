import { problemType } from "@rsync/core";
import { faultyPeer, virtualClock } from "@rsync/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { html, json, type Listener, ours, page, problem, replyOf } from "./reply-parts.ts";
import { callTo, sampleRecord } from "./sample-call.ts";
import { acknowledgement, replyWith, startServer } from "./start-server.ts";
import { startTransport } from "./start-transport.ts";

async function sendTo(listener: Listener) {
  const { endpoint } = await startServer(listener);
  return startTransport().send(callTo(endpoint), sampleRecord());
}

describe("send: a reply that acknowledges", () => {
  test("in the seeds' form", async () => {
    const result = await sendTo(replyWith(200, json, acknowledgement()));
    expect(result).toEqual({
      kind: "replied",
      reply: { receiptId: "abc123", digest: undefined, committed: undefined, durability: undefined },
      identification: { from: undefined, seen: undefined },
    });
  });

  test("in ours, with who says it and what it remembers of us", async () => {
    const digest = "ab".repeat(32);
    const headers = { ...json, ...ours, "x-rsync-seen": "store-a;epoch-a;9", "x-rsync-refilling": "1" };
    const result = await sendTo(
      replyWith(200, headers, acknowledgement({ digest, committed: true, durability: "fsync" })),
    );
    expect(result).toEqual({
      kind: "replied",
      reply: { receiptId: "abc123", digest, committed: true, durability: "fsync" },
      identification: {
        from: { regionId: "us-west-1", store: { storeId: "s1", epoch: "e1", position: 7 }, refilling: true },
        seen: { storeId: "store-a", epoch: "epoch-a", position: 9 },
      },
    });
  });

  test("whatever its content type and its missing labels", async () => {
    const bare = JSON.stringify({ status: "acknowledged", receipt_id: "abc123", digest: null, committed: null });
    expect(replyOf(await sendTo(replyWith(200, { "content-type": "text/plain" }, bare))).receiptId).toBe("abc123");
  });

  test("for another id: passed on as it is, for core to judge", async () => {
    const peer = await faultyPeer({ kind: "acknowledgesAnother", receiptId: "other" });
    onTestFinished(() => peer.close());
    const result = await startTransport().send(callTo(peer.endpoint), sampleRecord());
    expect(replyOf(result).receiptId).toBe("other");
  });

  test("with a header of ours given twice: no introduction, and no seeds' reply either", async () => {
    const result = await sendTo((request, response) => {
      request.resume();
      response.setHeader("x-rsync-region", "us-west-1");
      response.setHeader("x-rsync-store", ["s1;e1;7", "s2;e2;8"]);
      response.end(acknowledgement());
    });
    expect(result.identification).toEqual({ from: undefined, seen: undefined, partial: true });
  });
});

describe("send: a success that is no reply of this protocol", () => {
  const cases: readonly (readonly [name: string, status: number, body: string | Uint8Array])[] = [
    ["HTML", 200, page],
    ["an empty body", 200, ""],
    ["half of the JSON", 200, acknowledgement().slice(0, 30)],
    ["no UTF-8", 200, new Uint8Array([0x22, 0xff, 0x22])],
    ["an array", 200, "[]"],
    ["null", 200, "null"],
    ["another status word", 200, acknowledgement({ status: "ok" })],
    ["no receipt_id", 200, acknowledgement({ receipt_id: undefined })],
    ["a numeric receipt_id", 200, acknowledgement({ receipt_id: 7 })],
    ["a numeric timestamp", 200, acknowledgement({ timestamp: 7 })],
    ["a short digest", 200, acknowledgement({ digest: "abc" })],
    ["an upper-case digest", 200, acknowledgement({ digest: "AB".repeat(32) })],
    ["a textual committed", 200, acknowledgement({ committed: "true" })],
    ["an unknown durability", 200, acknowledgement({ durability: "disk" })],
    ["201", 201, acknowledgement()],
    ["204", 204, ""],
  ];
  test.each(cases)("%s", async (_name, status, body) => {
    const result = await sendTo(replyWith(status, json, body));
    expect(result).toMatchObject({ kind: "failed", fault: { kind: "garbled", status } });
  });

  test("still says who sent it", async () => {
    const result = await sendTo(replyWith(200, { ...html, ...ours }, page));
    expect(result).toMatchObject({ kind: "failed", identification: { from: { regionId: "us-west-1" } } });
  });
});

describe("a body beyond the limit", () => {
  test("is garbled, its connection closed", async () => {
    const closed = Promise.withResolvers<void>();
    const { endpoint } = await startServer((request, response) => {
      request.resume();
      response.once("close", () => closed.resolve());
      const flood = (): void => {
        if (!response.destroyed) response.write(" ".repeat(65_536), () => setImmediate(flood));
      };
      flood();
    });
    const result = await startTransport().send(callTo(endpoint), sampleRecord());
    const detail = "the body is longer than 4194304 bytes";
    expect(result).toMatchObject({ kind: "failed", fault: { kind: "garbled", status: 200, detail } });
    await closed.promise;
  });

  test("counts bytes: the last one allowed is still read", async () => {
    const body = acknowledgement();
    const { endpoint } = await startServer(replyWith(200, json, body));
    const exact = startTransport({ replyBytesMax: body.length });
    expect((await exact.send(callTo(endpoint), sampleRecord())).kind).toBe("replied");
    const short = startTransport({ replyBytesMax: body.length - 1 });
    expect(await short.send(callTo(endpoint), sampleRecord())).toMatchObject({ fault: { kind: "garbled" } });
  });
});

describe("a status that is not success", () => {
  test.each([
    ["names another receipt", { receipt_id: "another" }, "receiptId"],
    ["names other content", { receipt_id: "abc123", offered_digest: "cd".repeat(32) }, "digest"],
  ])("is no refusal of what was sent where it %s (I1)", async (_, members, field) => {
    const body = JSON.stringify({ type: problemType("conflict"), title: "Conflict", detail: "", ...members });
    const result = await sendTo(replyWith(409, { "content-type": "application/problem+json" }, body));
    expect(result).toMatchObject({ kind: "failed", fault: { kind: "mismatch", field } });
  });

  test.each([
    ["the digest that is held", "cd".repeat(32), "cd".repeat(32)],
    ["something else for it", "\u001b[2J", undefined],
  ])("is one where it names just what was sent, and %s", async (_, heldDigest, kept) => {
    const { receiptId, digest } = sampleRecord();
    const members = { receipt_id: receiptId, offered_digest: digest, held_digest: heldDigest };
    const body = JSON.stringify({ type: problemType("conflict"), title: "Conflict", detail: "", ...members });
    const result = await sendTo(replyWith(409, { "content-type": "application/problem+json" }, body));
    if (result.kind !== "failed" || result.fault.kind !== "status") throw new Error("Not a status");
    expect(result.fault.problem).toEqual({ kind: "conflict", title: "Conflict", detail: "", heldDigest: kept });
  });

  test("with our problem document", async () => {
    const result = await sendTo(problem("conflict", 409));
    const expected = { kind: "conflict", title: "A title", detail: "A detail" };
    expect(result).toMatchObject({ kind: "failed", fault: { kind: "status", status: 409, problem: expected } });
  });

  test("with a problem of somebody else, or one that does not declare itself: bare", async () => {
    const type = { "content-type": "application/problem+json" };
    const foreign = await sendTo(replyWith(409, type, '{"type":"about:blank","title":"Conflict"}'));
    expect(foreign).toMatchObject({ fault: { status: 409, problem: undefined } });
    const undeclared = await sendTo(replyWith(409, json, JSON.stringify({ type: problemType("conflict") })));
    expect(undeclared).toMatchObject({ fault: { status: 409, problem: undefined } });
    const broken = await sendTo(replyWith(409, type, "{"));
    expect(broken).toMatchObject({ fault: { status: 409, problem: undefined, excerpt: "{" } });
  });

  test("shows at most 200 characters of the body, none of which can harm a terminal", async () => {
    const body = `\u001b[31mred\u0007\r\n\u202etxt\u2028 ${"é".repeat(500)}`;
    const result = await sendTo(replyWith(500, html, body));
    if (result.kind !== "failed" || result.fault.kind !== "status") throw new Error("Not a status");
    expect(result.fault.excerpt).toBe(`[31mred txt ${"é".repeat(188)}`);
    expect(result.fault.excerpt.length).toBe(200);
  });

  test("is not followed when it points elsewhere", async () => {
    const target = await faultyPeer({ kind: "answersHtml" });
    onTestFinished(() => target.close());
    for (const status of [301, 302, 303, 307, 308]) {
      const peer = await faultyPeer({ kind: "redirects", to: `${target.endpoint}/receipt-sync`, status });
      onTestFinished(() => peer.close());
      const transport = startTransport();
      expect(await transport.send(callTo(peer.endpoint), sampleRecord())).toMatchObject({
        fault: { kind: "status", status },
      });
      expect(await transport.read(callTo(peer.endpoint), "abc123")).toMatchObject({
        fault: { kind: "status", status },
      });
    }
    expect(target.requests()).toEqual([]);
  });
});

describe("Retry-After", () => {
  const cases: readonly (readonly [header: string, date: string | undefined, delayMs: number | undefined])[] = [
    ["120", undefined, 120_000],
    ["0", undefined, 0],
    ["Sun, 16 Nov 2025 12:00:30 GMT", "Sun, 16 Nov 2025 12:00:00 GMT", 30_000],
    ["Sunday, 16-Nov-25 12:00:30 GMT", "Sun, 16 Nov 2025 12:00:00 GMT", 30_000],
    ["Sun Nov 16 12:00:30 2025", "Sun, 16 Nov 2025 12:00:00 GMT", 30_000],
    // Without a date of its own, our wall clock: 2025-11-16T12:00:10Z.
    ["Sun, 16 Nov 2025 12:00:30 GMT", undefined, 20_000],
    ["Sun, 16 Nov 2025 11:00:00 GMT", "Sun, 16 Nov 2025 12:00:00 GMT", 0],
    ["soon", undefined, undefined],
    ["-5", undefined, undefined],
    ["1.5", undefined, undefined],
    ["Sun, 99 Nov 2025 12:00:30 GMT", undefined, undefined],
    ["2025-11-16T12:00:30Z", undefined, undefined],
  ];
  test.each(cases)("%s at %s is %s ms", async (header, date, delayMs) => {
    const clock = virtualClock({ wallMs: Date.UTC(2025, 10, 16, 12, 0, 10) });
    const { endpoint } = await startServer((request, response) => {
      request.resume();
      response.sendDate = false;
      response.writeHead(503, { "retry-after": header, ...(date === undefined ? {} : { date }) }).end();
    });
    const result = await startTransport({ clock }).send(callTo(endpoint), sampleRecord());
    expect(result).toMatchObject({ fault: { kind: "status", status: 503, retryAfterMs: delayMs } });
  });
});
