import { describe, expect, onTestFinished, test } from "vitest";
import { type FaultyBehaviour, type FaultyPeer, faultyPeer } from "../src/index.ts";

const body =
  '{"receipt_id":"abc123","transaction_id":"tx-456","hash":"01020304","ticks":42,"span_id":789,"committed":true}';
const digest = "3c98950da86e3e638a2e823676ebc1fb28702b935034b706f158bf529ffa1648";
const from = { regionId: "us-west-1", store: { storeId: "s1", epoch: "e1", position: 7 }, refilling: false };

async function startPeer(behaviour: FaultyBehaviour): Promise<FaultyPeer> {
  const peer = await faultyPeer(behaviour);
  onTestFinished(() => peer.close());
  return peer;
}

function post(peer: FaultyPeer, init: RequestInit = {}): Promise<Response> {
  return fetch(`${peer.endpoint}/receipt-sync`, { method: "POST", body, ...init });
}

/** The code of what went wrong below `fetch`. */
async function codeOf(attempt: Promise<unknown>): Promise<unknown> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof Error && error.cause instanceof Error && "code" in error.cause ? error.cause.code : error;
}

describe("faultyPeer", () => {
  test("refuses, until it becomes something else at the same endpoint", async () => {
    const peer = await startPeer({ kind: "refuses" });
    expect(await codeOf(post(peer))).toBe("ECONNREFUSED");
    await peer.become({ kind: "answersHtml", status: 502 });
    expect((await post(peer)).status).toBe(502);
    await peer.become({ kind: "refuses" });
    expect(await codeOf(post(peer))).toBe("ECONNREFUSED");
    expect(peer.requests().length).toBe(1);
  });

  test("resets after the request, and in the middle of the reply", async () => {
    const peer = await startPeer({ kind: "resets" });
    expect(await codeOf(post(peer))).toBe("ECONNRESET");
    expect(peer.requests()[0]?.body).toBe(body);
    await peer.become({ kind: "resetsInBody" });
    const reply = await post(peer);
    expect(reply.status).toBe(200);
    await expect(reply.text()).rejects.toThrow();
  });

  test("never answers, or never ends what it began", async () => {
    const peer = await startPeer({ kind: "neverAnswers" });
    const giveUp = new AbortController();
    const attempt = post(peer, { signal: giveUp.signal });
    await expect.poll(() => peer.requests().length).toBe(1);
    giveUp.abort();
    await expect(attempt).rejects.toThrow();
    await peer.become({ kind: "stallsInBody" });
    const another = new AbortController();
    const reply = await post(peer, { signal: another.signal });
    expect(reply.status).toBe(200);
    another.abort();
    await expect(reply.text()).rejects.toThrow();
  });

  test("answers HTML, redirects, too much, or anything given", async () => {
    const peer = await startPeer({ kind: "answersHtml" });
    expect((await post(peer)).headers.get("content-type")).toContain("text/html");
    await peer.become({ kind: "redirects", to: "http://127.0.0.1:1/" });
    const redirect = await post(peer, { redirect: "manual" });
    expect([redirect.status, redirect.headers.get("location")]).toEqual([307, "http://127.0.0.1:1/"]);
    await peer.become({ kind: "hugeReply", replyBytes: 3_000_000 });
    expect((await (await post(peer)).text()).length).toBe(3_000_000);
    await peer.become({ kind: "answers", status: 429, headers: { "retry-after": "7" }, body: "busy" });
    const busy = await post(peer);
    expect([busy.status, busy.headers.get("retry-after"), await busy.text()]).toEqual([429, "7", "busy"]);
  });

  test("speaks of another receipt, to a delivery and to a read", async () => {
    const peer = await startPeer({ kind: "acknowledgesAnother", receiptId: "other" });
    expect(await (await post(peer)).json()).toMatchObject({ status: "acknowledged", receipt_id: "other" });
    const read = await fetch(`${peer.endpoint}/api/v1/receipts/abc123`);
    expect(await read.json()).toMatchObject({ receipt_id: "other", transaction_id: "tx-456" });
  });

  test("answers as a region of our protocol under the given name", async () => {
    const peer = await startPeer({ kind: "acknowledgesAs", from, durability: "memory" });
    const reply = await post(peer);
    expect([reply.headers.get("x-rsync-region"), reply.headers.get("x-rsync-store")]).toEqual(["us-west-1", "s1;e1;7"]);
    expect(await reply.json()).toMatchObject({ receipt_id: "abc123", committed: true, durability: "memory", digest });
    expect(await (await fetch(`${peer.endpoint}/api/v1/receipts/abc123`)).json()).toMatchObject({ ticks: 42 });
    expect((await fetch(`${peer.endpoint}/api/v1/receipts/unknown`)).status).toBe(404);
    const description = await (await fetch(`${peer.endpoint}/api/v1/region`)).json();
    expect(description).toMatchObject({ region: "us-west-1", store_id: "s1", durability: "memory", versions: [1] });
  });

  test("acknowledges and returns other contents than it was sent", async () => {
    const peer = await startPeer({ kind: "wrongDigest", from });
    const reply = await (await post(peer)).json();
    expect(reply).toMatchObject({ receipt_id: "abc123", digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(reply).not.toMatchObject({ digest });
    expect(await (await fetch(`${peer.endpoint}/api/v1/receipts/abc123`)).json()).toMatchObject({ ticks: 43 });
  });

  describe("to a batch", () => {
    const second = body.replace("abc123", "def456");
    const batch = async (behaviour: FaultyBehaviour): Promise<unknown> => {
      const peer = await startPeer(behaviour);
      const init = { method: "POST", body: `{"receipts":[${body},${second}]}` };
      return (await fetch(`${peer.endpoint}/receipt-sync/batch`, init)).json();
    };
    const one = { status: "acknowledged", receipt_id: "abc123", digest, committed: true };
    const other = { ...one, receipt_id: "def456", digest: expect.stringMatching(/^[0-9a-f]{64}$/) };

    test("acknowledges each receipt, under the given name", async () => {
      const reply = await batch({ kind: "acknowledgesAs", from, durability: "memory" });
      expect(reply).toEqual({ durability: "memory", results: [one, other] });
    });

    test("acknowledges other contents, or another receipt", async () => {
      const altered = await batch({ kind: "wrongDigest", from });
      expect(altered).toMatchObject({ results: [{ receipt_id: "abc123" }, { receipt_id: "def456" }] });
      expect(altered).not.toMatchObject({ results: [{ digest }, {}] });
      const another = await batch({ kind: "acknowledgesAnother", receiptId: "other" });
      expect(another).toMatchObject({ results: [{ receipt_id: "other" }, { receipt_id: "other" }] });
    });

    test("leaves one out, repeats it, or calls it a conflict", async () => {
      const receiptId = "abc123";
      expect(await batch({ kind: "leavesOut", from, receiptId })).toMatchObject({ results: [other] });
      expect(await batch({ kind: "repeats", from, receiptId })).toMatchObject({ results: [one, one, other] });
      expect(await batch({ kind: "conflictsOver", from, receiptId })).toMatchObject({
        results: [{ status: 409, receipt_id: receiptId, problem: { offered_digest: digest } }, other],
      });
      const alone = await post(await startPeer({ kind: "conflictsOver", from, receiptId }));
      expect([alone.status, await alone.json()]).toMatchObject([
        409,
        { receipt_id: receiptId, offered_digest: digest },
      ]);
    });
  });
});
