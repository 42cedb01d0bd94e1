/** What regions answer when they are asked, down to the odd ones, and what is made of it. */
import { formatIdentification, type ReceiptStore, StoreError } from "@rsync/core";
import { type PeerResponse, ReceiptSyncManager } from "@rsync/node";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../src/system-clock.ts";
import { EAST, EU, LoopbackDeployment, receipt, WEST } from "./loopback-deployment.ts";
import { DOWN, FAIR, status } from "./loopback-network.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

const FROM_WEST = formatIdentification({
  from: { regionId: WEST, store: { storeId: "west-store", epoch: "west-epoch", position: 1 }, refilling: false },
  seen: undefined,
});

const problem = (code: number, kind: string, headers = FROM_WEST): PeerResponse => {
  const type = `urn:receipt-sync:problem:${kind}`;
  return { status: code, headers, body: JSON.stringify({ type, title: kind, status: code, detail: kind }) };
};

/** EAST holds `rec-1`, which WEST was never sent, and asks for it. */
async function asked(answer: PeerResponse, config = {}) {
  const store = deployment.freshStore(EAST);
  const off = { crossRegionSyncEnabled: false };
  const manager = await deployment.start(EAST, [WEST], { store, config: off });
  await manager.syncReceipt(receipt(1));
  deployment.setWeather(WEST, {
    kind: "says",
    answer: ({ method }) => (method === "POST" ? { status: 503, headers: {}, body: "" } : answer),
  });
  await manager.reconfigure(deployment.config(EAST, [WEST], config));
  const waiting = manager.awaitQuorum("rec-1", { timeout: "2s" });
  const { regions } = await manager.inspect("rec-1");
  await deployment.clock.advance(2_000);
  return { inspected: regions[1], region: (await waiting).regions[1], outcome: (await waiting).outcome };
}

describe("an answer to the question what is held", () => {
  it("pruned: said so, no vote, and nobody waits for more", async () => {
    const { inspected, region } = await asked(problem(410, "pruned"));
    expect(inspected).toMatchObject({ finding: "pruned", confirmed: false });
    expect(region).toMatchObject({ vote: "pending", error: { kind: "pruned" } });
  });

  it("still refilling: unknown, no vote", async () => {
    const { inspected, region } = await asked(problem(503, "refilling"));
    expect(inspected).toMatchObject({ finding: "unknown", confirmed: false });
    expect(region).toMatchObject({ error: { kind: expect.stringMatching(/unknown|status/) } });
  });

  const held = (fields: object): string =>
    JSON.stringify({
      receipt_id: "rec-1",
      transaction_id: "tx-1",
      hash: "01020304",
      ticks: 42,
      span_id: 789,
      committed: true,
      durability: "fsync",
      ...fields,
    });

  it("the same contents: a vote", async () => {
    const { inspected, outcome } = await asked({ status: 200, headers: FROM_WEST, body: held({}) });
    expect(inspected).toMatchObject({ finding: "same", confirmed: true });
    expect(outcome).toBe("committed");
  });

  it("the same contents without a word on durability, from a region that owes it: no vote", async () => {
    const { inspected } = await asked({ status: 200, headers: FROM_WEST, body: held({ durability: undefined }) });
    expect(inspected).toMatchObject({ finding: "unreachable", confirmed: false, error: { kind: "mismatch" } });
  });

  it("the same contents from memory, or from a refilling store: shown, no vote", async () => {
    const memory = { status: 200, headers: FROM_WEST, body: held({ durability: "memory" }) };
    const { inspected, region } = await asked(memory, { requireDurable: true });
    expect(inspected).toMatchObject({ finding: "same", confirmed: false, error: { kind: "notDurable" } });
    expect(region).toMatchObject({ vote: "pending" });
  });

  it("short of committed, or other contents: no vote, and which", async () => {
    const short = await asked({ status: 200, headers: FROM_WEST, body: held({ committed: false }) });
    expect(short.inspected).toMatchObject({ finding: "different", confirmed: false, committed: false });
    await deployment.stop(EAST);
    deployment.setWeather(WEST, FAIR);
    const other = await asked({ status: 200, headers: FROM_WEST, body: held({ ticks: 43 }) });
    expect(other.inspected).toMatchObject({ finding: "different", confirmed: false });
    expect(other.inspected?.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it("the contents of another receipt, where nothing is held to compare with: no vote", async () => {
    await asked({ status: 200, headers: FROM_WEST, body: held({}) });
    const { regions, digest, quorumAchieved } = await deployment.manager(EAST).inspect("rec-9");
    expect(regions[1]).toMatchObject({ finding: "unreachable", confirmed: false, error: { kind: "mismatch" } });
    expect([digest, quorumAchieved]).toEqual([undefined, false]);
  });

  it("a bare yes counts from a stranger beside content shown by somebody, and never where `strict`", async () => {
    const bare = { status: 200, headers: {}, body: '{"receipt_id":"rec-1"}' };
    expect((await asked(bare)).inspected).toMatchObject({ finding: "present", confirmed: true });
    const alone = await deployment.manager(EAST).inspect("rec-9");
    expect(alone.regions[1]).toMatchObject({ finding: "present", confirmed: false });
    await deployment.stop(EAST);
    const regions = [{ regionId: WEST, endpoint: `http://${WEST}.example`, protocol: "strict" as const }];
    deployment.setWeather(WEST, FAIR);
    expect((await asked(bare, { regions })).inspected).toMatchObject({ confirmed: false });
  });
});

describe("introductions that can not be", () => {
  it("a region that shows this region's own store is none", async () => {
    const manager = await deployment.start(EAST, [WEST]);
    const store = deployment.store(EAST).introduction().store;
    const headers = formatIdentification({ from: { regionId: WEST, store, refilling: false }, seen: undefined });
    deployment.setWeather(WEST, { kind: "says", answer: () => ({ status: 200, headers, body: "{}" }) });
    await manager.syncReceipt(receipt(1));
    expect(await deployment.report(EAST, WEST)).toMatchObject({
      health: "paused",
      trouble: expect.stringContaining(`the store of region ${EAST}`),
    });
  });

  it("a region that shows a store which another region replaced is none either", async () => {
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST, EU]);
    await manager.syncReceipt(receipt(1));
    const { store } = deployment.store(WEST).introduction();
    await deployment.stop(WEST);
    await deployment.start(WEST);
    await deployment.clock.advance(5_000);
    const headers = formatIdentification({ from: { regionId: EU, store, refilling: false }, seen: undefined });
    deployment.setWeather(EU, { kind: "says", answer: () => ({ status: 200, headers, body: "{}" }) });
    await deployment.clock.advance(60_000);
    expect(await deployment.report(EAST, EU)).toMatchObject({ health: "paused" });
  });

  it("made-up echoes without end cost neither memory nor a second stop of voting", async () => {
    const manager = await deployment.start(EAST, [WEST]);
    const west = { regionId: WEST, store: { storeId: "west", epoch: "e", position: 0 }, refilling: false };
    const events: string[] = [];
    manager.on("refilling", ({ reason }) => events.push(reason));
    const ask = (storeId: string) =>
      manager.receiver.read("rec-1", { from: west, seen: { storeId, epoch: "e", position: 1 } });
    await Promise.all([ask("same"), ask("same")]);
    for (let number = 0; number < 2_500; number += 1) await ask(`made-up-${number}`);
    await manager.acceptLoss();
    await ask("another");
    expect(events).toEqual(["replaced"]);
    expect(manager.introduction().refilling).toBe(false);
  });

  it.each([
    ["nobody", undefined],
    ["a region that is not configured", "staging-west"],
  ])("an echo from %s says nothing about the own store", async (_, regionId) => {
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST]);
    await manager.syncReceipt(receipt(1));
    const store = { storeId: "stranger", epoch: "e", position: 0 };
    const from = regionId === undefined ? undefined : { regionId, store, refilling: false };
    const { storeId } = manager.introduction().store;
    await manager.receiver.read("rec-1", { from, seen: { storeId: "earlier", epoch: "e", position: 1 } });
    await manager.receiver.read("rec-1", { from, seen: { storeId, epoch: "made-up", position: 1 } });
    expect(manager.introduction()).toMatchObject({ refilling: false, store: { storeId } });
  });

  it("an own store that can not stop voting acknowledges nothing to whoever remembers another", async () => {
    const plain = deployment.freshStore(EAST);
    const startRefilling: ReceiptStore["startRefilling"] = async () => {
      throw new Error("disk full");
    };
    const manager = await deployment.start(EAST, [WEST], { store: { ...plain, startRefilling } });
    const seen = { storeId: "earlier", epoch: "e", position: 1 };
    const from = { regionId: WEST, store: { storeId: "west", epoch: "e", position: 0 }, refilling: false };
    const { receiver } = manager;
    await expect(receiver.read("rec-1", { from, seen })).rejects.toThrow("disk full");
    await expect(receiver.describe({ from, seen })).rejects.toThrow("disk full");
  });
});

describe("odds and ends", () => {
  it("a receipt without envelope is labelled by its arrival", async () => {
    const manager = await deployment.start(EAST);
    const { receiptId, transactionId, hash, ticks, committed } = receipt(1);
    const bytes = typeof hash === "string" ? Buffer.from(hash, "hex") : hash;
    const input = { receiptId, transactionId, hash: bytes, ticks, spanId: 1n, committed: committed ?? true };
    const envelope = { timestamp: undefined, sourceRegion: undefined, sourceStore: undefined, sourceSeq: undefined };
    await manager.receiver.receive(input, envelope, { from: undefined, seen: undefined });
    expect((await manager.get("rec-1"))?.record).toMatchObject({
      timestamp: "2025-11-16T12:00:00.000Z",
      sourceRegion: "unknown",
      sourceStore: undefined,
    });
  });

  it("regions that are configured while sync is off are shown as healthy, with what they will be owed", async () => {
    const manager = await deployment.start(EAST, [WEST], { config: { crossRegionSyncEnabled: false } });
    await manager.syncReceipt(receipt(1));
    expect(await manager.getSyncStatus()).toMatchObject([{ regionId: WEST, health: "healthy", missing: 1 }]);
  });

  it("dead letters of another state say nothing about this one", async () => {
    const store = deployment.freshStore(EAST);
    const manager = await deployment.start(EAST, [WEST], { store });
    deployment.setWeather(WEST, DOWN);
    const { digest } = await manager.syncReceipt(receipt(1), { waitFor: "none" });
    const letter = {
      regionId: WEST,
      storeId: "seed-style",
      receiptId: "rec-1",
      position: 1,
      kind: "refused" as const,
      fault: { kind: "aborted" } as const,
      attempts: 1,
      buriedAt: "2025-11-16T12:00:00Z",
    };
    await store.bury([
      { ...letter, digest, committed: false },
      { ...letter, digest: "0".repeat(64), committed: true },
      { ...letter, digest, committed: true, storeId: "an-earlier-store" },
      { ...letter, digest, committed: true, regionId: "unknown-region" },
    ]);
    expect(await manager.awaitQuorum("rec-1", { waitFor: "none" })).toMatchObject({ outcome: "pending" });
    await store.bury([{ ...letter, digest, committed: true }]);
    expect(await manager.awaitQuorum("rec-1", { waitFor: "none" })).toMatchObject({ outcome: "refused" });
  });

  it("a listener that throws is logged, and a listener that left hears nothing", async () => {
    const manager = await deployment.start(EAST, [WEST]);
    const heard: string[] = [];
    manager.on("regionPaused", () => {
      throw new Error("listener");
    });
    const leave = manager.on("regionPaused", ({ regionId }) => heard.push(regionId));
    leave();
    deployment.setWeather(WEST, status(401));
    await manager.syncReceipt(receipt(1));
    expect(heard).toEqual([]);
    expect(deployment.messages(EAST, "error")).toContain('A listener of "regionPaused" threw: Error: listener');
  });

  it("a listener that closes the manager stops the lane in its step", async () => {
    const manager = await deployment.startAll();
    const closed: Promise<void>[] = [];
    manager.on("regionUnavailable", () => closed.push(manager.close()));
    deployment.setWeather(WEST, DOWN);
    deployment.managers.delete(EAST);
    const syncing = manager.syncReceipt(receipt(1), { waitFor: "all" });
    await deployment.clock.advance(3_000);
    await Promise.all(closed);
    expect(await syncing).toMatchObject({ outcome: "committed" });
    const sent = deployment.network.pushes(WEST).length;
    await deployment.clock.advance(120_000);
    expect(deployment.network.pushes(WEST).length).toBe(sent);
  });

  it("a store that failed for good is told", async () => {
    const plain = deployment.freshStore(EAST);
    const failure = Promise.withResolvers<Awaited<ReceiptStore["failure"]>>();
    const manager = await deployment.start(EAST, [WEST], { store: { ...plain, failure: failure.promise } });
    const told: string[] = [];
    manager.on("storeFailed", ({ kind }) => told.push(kind));
    failure.resolve(new StoreError("failed", "fsync failed"));
    await deployment.clock.settle();
    expect(told).toEqual(["failed"]);
  });

  it("without a transport there is HTTP, and a start that fails leaves nothing of it", async () => {
    const { transport: _, clock: __, ...parts } = deployment.parts(EAST, deployment.freshStore(EAST));
    const closed = { ...parts, store: { ...parts.store, cursors: () => Promise.reject(new Error("unreadable")) } };
    await expect(ReceiptSyncManager.create(deployment.config(EAST, [WEST]), closed)).rejects.toThrow("unreadable");
    await using manager = await ReceiptSyncManager.create({ region: EAST }, parts);
    expect(manager.config.region).toBe(EAST);
  });

  it("the system's clock waits longer than a timer can, and forgets what was cancelled", () => {
    vi.useFakeTimers();
    try {
      const ran: string[] = [];
      const month = 30 * 24 * 3_600_000;
      systemClock.schedule(month, () => ran.push("month"));
      systemClock.schedule(5, () => ran.push("never"))();
      vi.advanceTimersByTime(month - 1);
      expect(ran).toEqual([]);
      vi.advanceTimersByTime(1);
      expect(ran).toEqual(["month"]);
    } finally {
      vi.useRealTimers();
    }
  });
});
