/** Over the real HTTP transport: peers of the seeds, and peers that misbehave in every way. */
import { createServer, type Server } from "node:http";
import type { ConfigInput, Introduction, Receipt } from "@rsync/core";
import { fetchHandler, ReceiptSyncManager } from "@rsync/node";
import { type FaultyBehaviour, faultyPeer, seedOnlyPeer, virtualClock } from "@rsync/testkit";
import { httpTransport } from "@rsync/transport-http";
import { afterEach, describe, expect, it } from "vitest";
import { EAST, LoopbackDeployment, receipt, WEST } from "./loopback-deployment.ts";

const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A manager over HTTP whose time is virtual: sockets are real, waiting is not. */
async function managerOver(endpoint: string, config: Partial<ConfigInput> = {}) {
  const deployment = new LoopbackDeployment();
  const clock = virtualClock();
  const regions = [{ regionId: WEST, endpoint, timeout: 300 }];
  const parts = { ...deployment.parts(EAST, deployment.freshStore(EAST)), clock, transport: httpTransport({ clock }) };
  const manager = await ReceiptSyncManager.create(deployment.config(EAST, [WEST], { regions, ...config }), parts);
  endings.push(() => manager.close({ drainMs: 0 }));
  const status = async () => (await manager.getSyncStatus())[0];
  return { manager, clock, status, messages: () => deployment.messages(EAST) };
}

const other = (regionId: string): Introduction => ({
  regionId,
  store: { storeId: "some-store", epoch: "some-epoch", position: 0 },
  refilling: false,
});

describe("a peer that misbehaves confirms nothing", () => {
  const behaviours: readonly (readonly [FaultyBehaviour, string, string])[] = [
    [{ kind: "refuses" }, "backingOff", "unreachable"],
    [{ kind: "resets" }, "backingOff", "broken"],
    [{ kind: "resetsInBody" }, "backingOff", "broken"],
    [{ kind: "neverAnswers" }, "backingOff", "timeout"],
    [{ kind: "stallsInBody" }, "backingOff", "timeout"],
    [{ kind: "answersHtml" }, "backingOff", "garbled"],
    [{ kind: "answersHtml", status: 502 }, "backingOff", "status"],
    [{ kind: "answersHtml", status: 404 }, "paused", "status"],
    [{ kind: "acknowledgesAnother", receiptId: "rec-other" }, "backingOff", "mismatch"],
    [{ kind: "acknowledgesAs", from: other("eu-west-1") }, "paused", "mismatch"],
    [{ kind: "acknowledgesAs", from: other(EAST) }, "paused", "mismatch"],
    [{ kind: "wrongDigest", from: other(WEST) }, "backingOff", "mismatch"],
    [{ kind: "redirects", to: "http://127.0.0.1:1/" }, "paused", "status"],
    [{ kind: "hugeReply", replyBytes: 4 * 1024 * 1024 }, "backingOff", "garbled"],
    [{ kind: "answers", status: 401 }, "paused", "status"],
    [{ kind: "answers", status: 409 }, "backingOff", "status"],
    [{ kind: "answers", status: 204 }, "backingOff", "garbled"],
  ];

  it.each(behaviours)("%j", async (behaviour, health, kind) => {
    const peer = await faultyPeer(behaviour);
    endings.push(peer.close);
    const { manager, clock, status } = await managerOver(peer.endpoint);
    const syncing = manager.syncReceipt(receipt(1), { timeout: "900ms" });
    if (kind === "timeout") {
      await clock.settleUntil(() => peer.requests().some(({ method }) => method === "POST"));
      await clock.advance(300);
    }
    let ended = false;
    void syncing.finally(() => {
      ended = true;
    });
    let report = await status();
    while (report?.health === "healthy" && !ended) {
      await clock.settle();
      report = await status();
    }
    expect(report).toMatchObject({ health, missing: 1, deadLetters: 0 });
    await clock.advance(900);
    const result = await syncing;
    expect(result).toMatchObject({ outcome: "pending", quorumAchieved: false, syncedRegions: 1 });
    expect(result.errors).toEqual([[WEST, expect.objectContaining({ kind })]]);
  });

  it("and is a region like any other once it behaves", async () => {
    const peer = await faultyPeer({ kind: "resets" });
    endings.push(peer.close);
    const { manager, clock } = await managerOver(peer.endpoint);
    const syncing = manager.syncReceipt(receipt(1));
    await clock.settleUntil(() => peer.requests().some(({ method }) => method === "POST"));
    await peer.become({ kind: "acknowledgesAs", from: other(WEST) });
    await clock.settleUntil(() => clock.timersPending() > 0);
    await clock.advance(1_000);
    await clock.settleUntil(() => peer.requests().filter(({ method }) => method === "POST").length > 1);
    expect(await syncing).toMatchObject({ outcome: "committed", regions: [{}, { durability: "fsync" }] });
  });
});

describe("seeds: a peer that speaks only the seeds' two requests", () => {
  it("is synced to, verified against (`present`), and retried on 503", async () => {
    const peer = await seedOnlyPeer({ pathPrefix: "/west" });
    endings.push(peer.close);
    const { manager, clock, status } = await managerOver(peer.endpoint, { quorumThreshold: 2 });
    await clock.settle();
    const first = await manager.syncReceipt(receipt(1));
    expect(first).toMatchObject({ outcome: "committed", syncedRegions: 2, regions: [{}, { durability: "unproven" }] });
    const [delivery] = peer.received("rec-1");
    expect(JSON.parse(delivery?.body ?? "")).toMatchObject({ receipt_id: "rec-1", source_region: EAST, span_id: 789 });

    peer.failNext(1, 503);
    const second = manager.syncReceipt(receipt(2));
    await clock.settleUntil(() => peer.received("rec-2").length === 0 && clock.timersPending() > 1);
    const waiting = async () => (await status())?.health === "backingOff";
    while (!(await waiting())) await clock.settle();
    await clock.advance(1_000);
    expect(await second).toMatchObject({ outcome: "committed", regions: [{}, { attempts: 2 }] });

    const { regions, quorumAchieved } = await manager.inspect("rec-1");
    expect(regions.map(({ finding, confirmed }) => [finding, confirmed])).toEqual([
      ["same", true],
      ["present", true],
    ]);
    expect(quorumAchieved).toBe(true);
    expect(await manager.verifyQuorum("never-seen")).toBe(false);
    expect(await manager.awaitQuorum("rec-2")).toMatchObject({ outcome: "committed" });
  });

  it("whose bare 422 counts as a refusal once it has acknowledged", async () => {
    const peer = await seedOnlyPeer();
    endings.push(peer.close);
    const { manager, clock, status } = await managerOver(peer.endpoint);
    await manager.syncReceipt(receipt(1));
    peer.failNext(1, 422);
    const result = await manager.syncReceipt(receipt(2));
    expect(result).toMatchObject({ outcome: "refused", errors: [[WEST, { kind: "status", status: 422 }]] });
    while ((await status())?.missing !== 0) await clock.settle();
    expect(await status()).toMatchObject({ deadLetters: 1, health: "healthy", unproven: true });
  });

  it("is none where the configuration is strict", async () => {
    const peer = await seedOnlyPeer();
    endings.push(peer.close);
    const regions = [{ regionId: WEST, endpoint: peer.endpoint, protocol: "strict" as const }];
    const { manager } = await managerOver(peer.endpoint, { regions });
    const result = await manager.syncReceipt(receipt(1));
    expect(result).toMatchObject({ outcome: "pending", syncedRegions: 1 });
    const { regions: inspected } = await manager.inspect("rec-1");
    expect(inspected[1]).toMatchObject({ confirmed: false });
  });

  it("as origin: what it sends is taken in with `primary` as its source, and its retry is a duplicate", async () => {
    const { manager, clock } = await managerOver("http://127.0.0.1:1");
    const handle = fetchHandler(manager.receiver, { wallMs: clock.wallMs });
    const { server, endpoint } = await serve(handle, { failFirst: 503 });
    endings.push(() => new Promise((resolve) => server.close(resolve)));
    const peer = await seedOnlyPeer({ clock });
    endings.push(peer.close);
    const origin: Receipt = {
      receiptId: "from-west",
      transactionId: "tx-west",
      hash: new Uint8Array([9]),
      ticks: 1,
      spanId: 2n ** 64n - 1n,
      committed: true,
    };
    const submitting = peer.submit(origin, endpoint);
    await clock.settleUntil(() => clock.timersPending() > 0);
    let outcome: unknown;
    void submitting.then((ended) => {
      outcome = ended;
    });
    while (outcome === undefined) await clock.advance(1_000);
    expect(outcome).toMatchObject({ kind: "acknowledged", attempts: 2 });
    const row = await manager.get("from-west");
    expect(row).toMatchObject({ own: false, record: { sourceRegion: "primary" } });
    expect(await peer.submit(origin, endpoint)).toMatchObject({ kind: "acknowledged", attempts: 1 });
    expect((await manager.list()).rows).toHaveLength(1);
  });
});

/** A Fetch handler behind a real server; the first answer is lost after the receipt was taken in. */
async function serve(
  handle: (request: Request) => Promise<Response>,
  { failFirst }: { readonly failFirst: number },
): Promise<{ readonly server: Server; readonly endpoint: string }> {
  let answered = 0;
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", async () => {
      const headers = { "content-type": incoming.headers["content-type"] ?? "" };
      const { method = "GET", url = "/" } = incoming;
      const body = method === "GET" ? null : Buffer.concat(chunks);
      const response = await handle(new Request(`http://127.0.0.1${url}`, { method, headers, body }));
      answered += 1;
      outgoing.writeHead(answered === 1 ? failFirst : response.status, Object.fromEntries(response.headers));
      outgoing.end(await response.text());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { server, endpoint: `http://127.0.0.1:${address.port}` };
}
