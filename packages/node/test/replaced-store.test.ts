import type { ReceiptStore } from "@rsync/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, outliving, receipt, receipts, WEST } from "./loopback-deployment.ts";
import { DOWN, FAIR } from "./loopback-network.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

const rows = async (region: string): Promise<number> => (await deployment.store(region).count()).rows;

/** The region loses its disk: the same process again, over an empty store. */
async function replaceStore(region: string): Promise<void> {
  await deployment.stop(region);
  await deployment.start(region);
}

describe("a region whose store was replaced", () => {
  it("receives everything again, and does not vote until the loss is accepted (DESIGN §9)", async () => {
    const manager = await deployment.startAll({ quorumThreshold: 3 });
    for (const each of receipts(10)) await manager.syncReceipt(each);
    await replaceStore(EU);
    await deployment.clock.advance(5_000);
    expect(await rows(EU)).toBe(10);
    expect(deployment.manager(EU).introduction().refilling).toBe(true);
    expect(await deployment.report(EAST, EU)).toMatchObject({ refilling: true, missing: 0, split: false });
    const waiting = await manager.syncReceipt(receipt(11));
    expect(waiting).toMatchObject({ outcome: "pending", syncedRegions: 2 });
    expect(waiting.errors).toEqual([[EU, expect.objectContaining({ kind: "refilling" })]]);
    expect(await manager.verifyQuorum("rec-1")).toBe(false);

    await deployment.manager(EU).acceptLoss();
    expect(await manager.syncReceipt(receipt(12))).toMatchObject({ outcome: "committed" });
    expect(await manager.awaitQuorum("rec-11")).toMatchObject({ outcome: "committed" });
    expect(await manager.verifyQuorum("rec-1")).toBe(true);
  });

  it("says on its own side what happened, once, and what ends it", async () => {
    const manager = await deployment.startAll();
    await manager.syncReceipt(receipt(1), { waitFor: "all" });
    const seen: string[] = [];
    await deployment.stop(EU);
    deployment.clearLogs();
    const renewed = await deployment.start(EU);
    renewed.on("refilling", ({ reason, peer }) => seen.push(`${reason} by ${peer}`));
    await deployment.clock.advance(5_000);
    await renewed.syncReceipt(receipt(2), { waitFor: "none" });
    await renewed.acceptLoss();
    await renewed.acceptLoss();
    const said = deployment.messages(EU).filter((message) => /does not vote|accepted the loss/.test(message));
    expect(said).toHaveLength(2);
    expect(seen.length).toBeLessThanOrEqual(1);
    expect(deployment.messages(EAST, "warn").filter((message) => message.includes("another store"))).toHaveLength(1);
  });

  it("calls what it lacks unknown, not absent", async () => {
    const manager = await deployment.startAll();
    await manager.syncReceipt(receipt(1), { waitFor: "all" });
    await deployment.clock.advance(2_000);
    await deployment.stop(EAST);
    await deployment.stop(EU);
    await deployment.start(EU, [WEST]);
    await deployment.clock.advance(2_000);
    const { regions } = await deployment.manager(WEST).inspect("rec-1");
    expect(regions.find(({ regionId }) => regionId === EU)?.finding).toBe("unknown");
  });

  it("takes back the vote that its earlier store gave to a call that still waits", async () => {
    const manager = await deployment.startAll({ quorumThreshold: 3 });
    deployment.setWeather(WEST, DOWN);
    const waiting = manager.syncReceipt(receipt(1), { timeout: "1m" });
    await deployment.clock.settle();
    await replaceStore(EU);
    await deployment.clock.advance(3_000);
    deployment.setWeather(WEST, FAIR);
    await deployment.clock.advance(60_000);
    expect(await waiting).toMatchObject({ outcome: "pending", syncedRegions: 2 });
    expect(await rows(EU)).toBe(1);
  });

  it("is noticed also where nobody has anything to send (I2)", async () => {
    const manager = await deployment.startAll();
    await manager.syncReceipt(receipt(1), { waitFor: "all" });
    await deployment.clock.advance(2_000);
    await deployment.stop(EU);
    deployment.setWeather(EAST, DOWN);
    await deployment.start(EU);
    await deployment.clock.advance(10);
    expect(await rows(EU)).toBe(0);
    await deployment.clock.advance(31_000);
    expect(await rows(EU)).toBe(1);
  });

  it("is told so also where a question from before anything was known of its earlier store reaches it late (I2)", async () => {
    await deployment.start(EU);
    deployment.setWeather(EU, DOWN);
    const manager = await deployment.start(EAST);
    await deployment.clock.settle();
    deployment.setWeather(EU, { kind: "late", delayMs: 3_000 });
    const asked = manager.inspect("rec-1");
    await deployment.clock.settle();
    deployment.setWeather(EU, FAIR);
    await manager.syncReceipt(receipt(1));
    await deployment.clock.advance(2_500);
    deployment.setWeather(EAST, DOWN);
    await replaceStore(EU);
    await deployment.clock.settle();
    expect(deployment.manager(EU).introduction().refilling).toBe(false);
    await deployment.clock.advance(2_500);
    await asked;
    expect(deployment.manager(EU).introduction().refilling).toBe(true);
    expect(await rows(EU)).toBe(1);
  });

  it("this one, told so while a call waits: its own vote is taken back", async () => {
    const manager = await deployment.startAll();
    for (const region of [WEST, EU]) deployment.setWeather(region, { kind: "slow", delayMs: 500 });
    const waiting = manager.syncReceipt(receipt(1), { waitFor: "all", quorum: "all" });
    await deployment.clock.settle();
    const seen = { storeId: "earlier", epoch: "earlier", position: 1 };
    await manager.receiver.read("rec-1", { from: deployment.store(WEST).introduction(), seen });
    await deployment.clock.advance(1_000);
    const result = await waiting;
    expect(result).toMatchObject({ outcome: "pending", syncedRegions: 2 });
    expect(result.regions[0]).toMatchObject({ regionId: EAST, vote: "pending", error: { kind: "refilling" } });
  });

  it("is sent what its earlier store refused, too: those dead letters are not its own", async () => {
    await deployment.startAll();
    deployment.setWeather(EAST, DOWN);
    await deployment.manager(EU).syncReceipt(receipt(1, { ticks: 7 }), { waitFor: "none" });
    deployment.setWeather(WEST, DOWN);
    const manager = deployment.manager(EAST);
    expect(await manager.syncReceipt(receipt(1), { waitFor: "none" })).toMatchObject({ outcome: "pending" });
    await deployment.clock.advance(2_000);
    expect((await deployment.report(EAST, EU)).deadLetters).toBe(1);
    await deployment.stop(EU);
    deployment.setWeather(EAST, FAIR);
    await deployment.start(EU);
    await deployment.clock.advance(5_000);
    expect((await deployment.report(EAST, EU)).deadLetters).toBe(0);
    expect(await rows(EU)).toBe(1);
  });

  it("replaced in the middle of a close: the saved cursor is not ahead of what the new store has (I2)", async () => {
    const store = outliving(deployment.freshStore(EAST));
    await deployment.start(EU);
    const manager = await deployment.start(EAST, [EU], { store });
    for (const each of receipts(5)) await manager.syncReceipt(each, { waitFor: "all" });
    await deployment.stop(EU);
    deployment.setWeather(EU, { kind: "slow", delayMs: 1_000 });
    await deployment.start(EU);
    await manager.syncReceipt(receipt(6), { waitFor: "none" });
    deployment.managers.delete(EAST);
    const closing = manager.close();
    await deployment.clock.advance(1_000);
    await closing;
    deployment.setWeather(EU, FAIR);
    await deployment.start(EAST, [EU], { store });
    await deployment.clock.advance(2_000);
    expect(await rows(EU)).toBe(6);
  });
});

describe("two stores that answer for one region at the same time", () => {
  /** EU answers by turns from two stores; the first one's pin is written slowly. */
  async function takeTurns(savePeers: (plain: ReceiptStore) => ReceiptStore["savePeers"]) {
    const plain = deployment.freshStore(EAST);
    const earlier = await deployment.start(EU);
    deployment.managers.delete(EU);
    const later = await deployment.start(EU);
    deployment.managers.set(EU, earlier);
    const manager = await deployment.start(EAST, [EU], { store: { ...plain, savePeers: savePeers(plain) } });
    return { manager, earlier, later };
  }

  it("are shown as split when the replaced one answers a later request; its word counts for nothing", async () => {
    const { manager, earlier, later } = await takeTurns((plain) => plain.savePeers);
    await manager.syncReceipt(receipt(1), { waitFor: "all" });
    await deployment.clock.advance(10);
    deployment.managers.set(EU, later);
    await manager.syncReceipt(receipt(2), { waitFor: "all" });
    await deployment.clock.advance(10);
    const split: string[] = [];
    manager.on("storeSplit", ({ regionId }) => split.push(regionId));
    deployment.managers.set(EU, earlier);
    const result = await manager.syncReceipt(receipt(3));
    expect(result).toMatchObject({ outcome: "pending", syncedRegions: 1 });
    expect(split).toEqual([EU]);
    expect(await deployment.report(EAST, EU)).toMatchObject({ split: true, health: "paused" });
    expect(deployment.messages(EAST, "error").join()).toContain("is split");

    deployment.managers.set(EU, later);
    await deployment.clock.advance(9 * 60_000);
    expect(await deployment.report(EAST, EU)).toMatchObject({ split: true, health: "healthy" });
    await deployment.clock.advance(2 * 60_000);
    expect(await deployment.report(EAST, EU)).toMatchObject({ split: false, health: "healthy", missing: 0 });
    await earlier.close();
  });

  it("are not mixed up: what one said while it was being pinned is not counted for its successor", async () => {
    const gate = Promise.withResolvers<void>();
    const { manager, earlier, later } = await takeTurns((plain) => async (peers) => {
      if (peers.some(({ mark }) => mark !== undefined)) await gate.promise;
      return plain.savePeers(peers);
    });
    // Its loss is accepted beforehand: it votes, and only the order of things keeps its predecessor's word apart.
    const seen = { storeId: "lost", epoch: "lost", position: 1 };
    await later.receiver.read("rec-1", { from: deployment.store(EAST).introduction(), seen });
    await later.acceptLoss();
    const first = manager.syncReceipt(receipt(1), { timeout: "2s" });
    await deployment.clock.settle();
    deployment.managers.set(EU, later);
    deployment.setWeather(EU, {
      kind: "says",
      answer: ({ method }) => (method === "POST" ? { status: 503, headers: {}, body: "" } : undefined),
    });
    const question = manager.inspect("rec-1");
    await deployment.clock.settle();
    gate.resolve();
    const { regions } = await question;
    expect(regions.find(({ regionId }) => regionId === EU)?.finding).toBe("absent");
    await deployment.clock.advance(2_000);
    expect(await first).toMatchObject({ outcome: "pending", syncedRegions: 1 });
    deployment.setWeather(EU, FAIR);
    await deployment.clock.advance(5_000);
    expect((await later.receiver.read("rec-1", { from: undefined, seen: undefined })).kind).toBe("held");
    await earlier.close();
  });
});

describe("pins", () => {
  it("are durable before a vote counts, and a store that can not write them is tried again without a storm", async () => {
    const plain = deployment.freshStore(EAST);
    let writable = false;
    const savePeers: ReceiptStore["savePeers"] = async (peers) => {
      if (!writable && peers.some(({ mark }) => mark !== undefined)) throw new Error("disk full");
      return plain.savePeers(peers);
    };
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST], { store: { ...plain, savePeers } });
    const first = manager.syncReceipt(receipt(1));
    await deployment.clock.advance(7_500);
    expect(await first).toMatchObject({ outcome: "pending", syncedRegions: 1 });
    const pushes = deployment.network.pushes(WEST).map(({ atMs }) => atMs);
    expect(pushes).toHaveLength(4);
    // The region lives, and is heard of while it is being asked who it is: one of the waits is cut short.
    expect(pushes.slice(1).every((atMs, index) => atMs - (pushes[index] ?? 0) >= 1_000)).toBe(true);
    expect((await plain.peers()).map(({ mark }) => mark)).toEqual([undefined]);
    writable = true;
    expect(await rows(WEST)).toBe(1);
    const again = manager.awaitQuorum("rec-1");
    await deployment.clock.advance(0);
    expect(await again).toMatchObject({ outcome: "committed" });
    expect(await plain.peers()).toMatchObject([{ regionId: WEST, mark: deployment.store(WEST).introduction().store }]);
  });

  it("hold over a restart: another region behind the same endpoint is a person's business", async () => {
    const store = outliving(deployment.freshStore(EAST));
    await deployment.start(WEST);
    await deployment.start(EU);
    const manager = await deployment.start(EAST, undefined, { store });
    await manager.syncReceipt(receipt(1), { waitFor: "all" });
    await deployment.clock.advance(2_000);
    await deployment.stop(EAST);
    const [west, eu] = [deployment.manager(WEST), deployment.manager(EU)];
    deployment.managers.set(WEST, eu);
    deployment.managers.set(EU, west);
    const swapped = await deployment.start(EAST, undefined, { store });
    expect(await swapped.syncReceipt(receipt(2))).toMatchObject({ outcome: "pending", syncedRegions: 1 });
    expect((await swapped.getSyncStatus()).map(({ health }) => health)).toEqual(["paused", "paused"]);
    expect(deployment.messages(EAST, "error").filter((message) => message.includes("paused until"))).toHaveLength(2);
    deployment.managers.set(WEST, west);
    deployment.managers.set(EU, eu);
    await deployment.clock.advance(31_000);
    expect([west, eu].map((manager) => manager.introduction().refilling)).toEqual([false, false]);
    expect(await swapped.awaitQuorum("rec-2")).toMatchObject({ outcome: "committed" });
  });
});
