import type { ReceiptStore } from "@rsync/core";
import { ManagerClosedError, StillOwedError } from "@rsync/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, outliving, REGIONS, receipt, receipts, WEST } from "./loopback-deployment.ts";
import { DOWN, FAIR } from "./loopback-network.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

const holds = async (region: string): Promise<number> => (await deployment.store(region).count()).rows;

describe("reconfigure", () => {
  it("delivers what was accepted while sync was off, and what is being stored at the moment it is switched on (I2)", async () => {
    const plain = deployment.freshStore(EAST);
    const gate = Promise.withResolvers<void>();
    const append: ReceiptStore["append"] = async (items) => {
      await gate.promise;
      return plain.append(items);
    };
    await deployment.start(WEST);
    await deployment.start(EU);
    const off = { crossRegionSyncEnabled: false, regions: [], quorumThreshold: 1 };
    const manager = await deployment.start(EAST, [], { config: off, store: { ...plain, append } });
    const early = manager.syncReceipt(receipt(1));
    await manager.reconfigure(deployment.config(EAST, [WEST, EU]));
    gate.resolve();
    expect(await early).toMatchObject({ outcome: "disabled", totalRegions: 0 });
    expect(await manager.syncReceipt(receipt(2))).toMatchObject({ outcome: "committed" });
    await deployment.clock.advance(5_000);
    expect(await Promise.all([WEST, EU].map(holds))).toEqual([2, 2]);
    expect((await deployment.report(EAST, WEST)).missing).toBe(0);
  });

  it("while sync is off nobody is asked anything, also who speaks first", async () => {
    await deployment.start(EU);
    const manager = await deployment.start(EAST, [WEST, EU], { config: { crossRegionSyncEnabled: false } });
    const byEast = (): number => deployment.network.requests.filter(({ from }) => from === EAST).length;
    await manager.receiver.describe({ from: deployment.store(EU).introduction(), seen: undefined });
    await deployment.clock.advance(300_000);
    expect(byEast()).toBe(0);
    await manager.reconfigure(deployment.config(EAST, [WEST, EU]));
    await deployment.clock.advance(1_000);
    expect(byEast()).toBeGreaterThan(0);
  });

  it("while a region hangs, holds up nobody: neither the change nor the other regions (I9)", async () => {
    const manager = await deployment.startAll();
    deployment.setWeather(EU, { kind: "hang" });
    await manager.syncReceipt(receipt(1));
    await manager.reconfigure(deployment.config(EAST, [WEST, EU], { timeout: "20s" }));
    expect(manager.config.timeoutMs).toBe(20_000);
    expect(await manager.syncReceipt(receipt(2))).toMatchObject({ outcome: "committed", syncedRegions: 2 });
    expect(deployment.clock.monotonicMs()).toBe(0);
    deployment.setWeather(EU, FAIR);
    await deployment.clock.advance(20_000);
    expect(await holds(EU)).toBe(2);
  });

  it("twice at once: one after the other, and the last one is in force", async () => {
    const manager = await deployment.startAll();
    deployment.setWeather(EU, { kind: "hang" });
    await manager.syncReceipt(receipt(1));
    await Promise.all(
      [5_000, 6_000, 7_000].map((timeout) => manager.reconfigure(deployment.config(EAST, [WEST, EU], { timeout }))),
    );
    expect(manager.config.timeoutMs).toBe(7_000);
    expect(await manager.syncReceipt(receipt(2))).toMatchObject({ outcome: "committed" });
  });

  it("that came first does not come into force last, however slowly the log answers it", async () => {
    const plain = deployment.freshStore(EAST);
    const gate = Promise.withResolvers<void>();
    let reads = 0;
    const cursors: ReceiptStore["cursors"] = async () => {
      reads += 1;
      if (reads === 2) await gate.promise;
      return plain.cursors();
    };
    const manager = await deployment.start(EAST, [WEST], { store: { ...plain, cursors } });
    const first = manager.reconfigure(deployment.config(EAST, [WEST], { timeout: 5_000 }));
    const second = manager.reconfigure(deployment.config(EAST, [WEST], { timeout: 7_000 }));
    await deployment.clock.settle();
    gate.resolve();
    await Promise.all([first, second]);
    expect(manager.config.timeoutMs).toBe(7_000);
  });

  it("loses to a close that comes in between, and begins nothing afterwards", async () => {
    const manager = await deployment.startAll();
    deployment.managers.delete(EAST);
    const changing = manager.reconfigure(deployment.config(EAST, [WEST]));
    const closing = manager.close();
    await expect(changing).rejects.toThrow();
    await closing;
    const sent = () => deployment.network.requests.filter(({ from }) => from === EAST).length;
    const seen = sent();
    await deployment.clock.advance(60_000);
    expect(sent()).toBe(seen);
    await expect(manager.reconfigure(deployment.config(EAST, [WEST]))).rejects.toBeInstanceOf(ManagerClosedError);
  });

  it("that fails leaves the old configuration at work", async () => {
    let readable = true;
    const plain = deployment.freshStore(EAST);
    const cursors: ReceiptStore["cursors"] = async () => {
      if (readable) return plain.cursors();
      throw new Error("unreadable");
    };
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST], { store: { ...plain, cursors } });
    readable = false;
    await expect(manager.reconfigure(deployment.config(EAST, [WEST, EU]))).rejects.toThrow("unreadable");
    expect(await manager.syncReceipt(receipt(1))).toMatchObject({ outcome: "committed", totalRegions: 2 });
  });

  it("refuses to forget a region that is still owed receipts, by its current store, unless told to abandon it", async () => {
    const manager = await deployment.startAll();
    await manager.syncReceipt(receipt(1), { waitFor: "all" });
    await deployment.clock.advance(1_000);
    const without = deployment.config(EAST, [WEST]);
    await deployment.stop(EU);
    await deployment.start(EU);
    deployment.setWeather(EU, DOWN);
    await manager.syncReceipt(receipt(2));
    await expect(manager.reconfigure(without)).rejects.toMatchObject({ kind: "still-owed", regionId: EU, owed: 1 });
    expect(manager.config.regions.map(({ regionId }) => regionId)).toEqual([WEST, EU]);
    await manager.reconfigure(without, { abandon: [EU] });
    expect((await manager.syncReceipt(receipt(3))).totalRegions).toBe(2);
  });

  it("counts what a replaced store had as owed: its successor is empty", async () => {
    const manager = await deployment.startAll();
    for (const each of receipts(3)) await manager.syncReceipt(each, { waitFor: "all" });
    await deployment.clock.advance(1_000);
    await deployment.stop(EU);
    await deployment.start(EU);
    deployment.setWeather(EU, {
      kind: "says",
      answer: ({ method }) => (method === "POST" ? { status: 503, headers: {}, body: "" } : undefined),
    });
    await deployment.manager(EU).syncReceipt(receipt("from-eu"), { waitFor: "none" });
    await deployment.clock.advance(1_500);
    expect((await deployment.report(EAST, EU)).storeId).toBe(deployment.store(EU).introduction().store.storeId);
    const refusal = await manager.reconfigure(deployment.config(EAST, [WEST])).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StillOwedError);
    expect(refusal).toMatchObject({ regionId: EU, owed: 3 });
    expect(String(refusal)).toContain("abandon");
  });

  it("refuses the same at a restart, and keeps the cursor of a region that was abandoned", async () => {
    const store = outliving(deployment.freshStore(EAST));
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST, EU], { store });
    await manager.syncReceipt(receipt(1));
    await deployment.stop(EAST);
    await expect(deployment.start(EAST, [WEST], { store })).rejects.toBeInstanceOf(StillOwedError);
    await deployment.start(EAST, [WEST], { store, parts: { abandon: [EU] } });
    await deployment.stop(EAST);
    await deployment.start(EU);
    await deployment.start(EAST, [WEST, EU], { store });
    await deployment.clock.advance(1_000);
    expect(await holds(EU)).toBe(1);
  });

  it("forgets nothing of that when the region answers after it was left out, to what it was asked before", async () => {
    const store = outliving(deployment.freshStore(EAST));
    await deployment.start(WEST);
    await deployment.start(EU);
    deployment.setWeather(EU, { kind: "slow", delayMs: 3_000 });
    const manager = await deployment.start(EAST, [WEST, EU], { store });
    await manager.syncReceipt(receipt(1));
    await manager.reconfigure(deployment.config(EAST, [WEST]), { abandon: [EU] });
    await deployment.clock.advance(4_000);
    expect((await store.peers()).find(({ regionId }) => regionId === EU)).toMatchObject({ leftOut: true, mark: {} });
    await deployment.stop(EAST);
    await deployment.start(EAST, [WEST], { store });
    expect(deployment.manager(EAST).config.regions).toHaveLength(1);
  });

  it("refuses it also where a crash took every cursor", async () => {
    const plain = deployment.freshStore(EAST);
    const store = outliving({ ...plain, saveCursors: async () => {} });
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST, EU], { store });
    await manager.syncReceipt(receipt(1));
    await deployment.stop(EAST);
    await expect(deployment.start(EAST, [WEST], { store })).rejects.toMatchObject({ regionId: EU, owed: 1 });
  });

  it("does not owe a region that was rightly left out what comes afterwards, until it is configured again", async () => {
    const store = outliving(deployment.freshStore(EAST));
    await deployment.start(WEST);
    await deployment.start(EU);
    const manager = await deployment.start(EAST, [WEST, EU], { store });
    await manager.syncReceipt(receipt(1), { waitFor: "all" });
    await deployment.stop(EAST);
    const without = await deployment.start(EAST, [WEST], { store });
    await without.syncReceipt(receipt(2), { waitFor: "all" });
    await deployment.stop(EAST);
    await deployment.start(EAST, [WEST], { store });
    await deployment.stop(EAST);
    await deployment.start(EAST, [WEST, EU], { store });
    await deployment.clock.advance(1_000);
    expect(await holds(EU)).toBe(2);
  });

  it("keeps what was learnt of regions: last success, pins, and who was split or refilling", async () => {
    const manager = await deployment.startAll();
    await manager.syncReceipt(receipt(1), { waitFor: "all" });
    const before = await deployment.report(EAST, WEST);
    await manager.reconfigure(deployment.config(EAST, [WEST, EU], { maxRetries: 5 }));
    const after = await deployment.report(EAST, WEST);
    expect(after.lastSyncTimestamp).toBe(before.lastSyncTimestamp);
    expect(after.lastSyncTimestamp).toBeDefined();
    expect(after.storeId).toBe(before.storeId);
  });

  it("keeps who is refilling, without asking again", async () => {
    const manager = await deployment.startAll();
    await manager.syncReceipt(receipt(1), { waitFor: "all" });
    await deployment.clock.advance(2_000);
    await deployment.stop(EU);
    await deployment.start(EU);
    await deployment.clock.advance(5_000);
    expect(await deployment.report(EAST, EU)).toMatchObject({ refilling: true });
    deployment.setWeather(EU, DOWN);
    await manager.reconfigure(deployment.config(EAST, [WEST, EU], { maxRetries: 5 }));
    expect(await deployment.report(EAST, EU)).toMatchObject({ refilling: true });
  });

  it("sends nothing again although the log could not take the cursors", async () => {
    const plain = deployment.freshStore(EAST);
    const saveCursors: ReceiptStore["saveCursors"] = async (cursors) => {
      if (cursors.some(({ position }) => position > 0)) throw new Error("disk full");
      await plain.saveCursors(cursors);
    };
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST], { store: { ...plain, saveCursors } });
    await deployment.clock.advance(1_000);
    expect(await plain.cursors()).toMatchObject([{ position: 0 }]);
    for (const each of receipts(3)) await manager.syncReceipt(each);
    await manager.reconfigure(deployment.config(EAST, [WEST], { maxRetries: 5 }));
    await deployment.clock.advance(1_000);
    expect(deployment.network.pushes(WEST)).toHaveLength(3);
    expect((await deployment.report(EAST, WEST)).missing).toBe(0);
  });

  it("keeps the policy of calls that wait, and uses the new one for calls that come", async () => {
    const manager = await deployment.startAll();
    deployment.setWeather(WEST, DOWN);
    deployment.setWeather(EU, DOWN);
    const waiting = manager.syncReceipt(receipt(1), { timeout: "5s" });
    await deployment.clock.settle();
    await manager.reconfigure(deployment.config(EAST, [WEST, EU], { quorumThreshold: 1 }));
    const later = await manager.syncReceipt(receipt(2));
    await deployment.clock.advance(5_000);
    expect(later).toMatchObject({ outcome: "committed", syncedRegions: 1 });
    expect(await waiting).toMatchObject({ outcome: "pending" });
    expect((await waiting).policyDigest).not.toBe(later.policyDigest);
  });

  it("that asks for durable stores does not count what was confirmed from memory before", async () => {
    const manager = await deployment.startAll();
    deployment.setWeather(EU, DOWN);
    const quorumThreshold = 3;
    await manager.reconfigure(deployment.config(EAST, [WEST, EU], { quorumThreshold }));
    const before = manager.syncReceipt(receipt(1), { timeout: "20s" });
    await deployment.clock.settle();
    await manager.reconfigure(deployment.config(EAST, [WEST, EU], { requireDurable: true, quorumThreshold: 2 }));
    const after = manager.syncReceipt(receipt(1), { timeout: "20s" });
    deployment.setWeather(EU, FAIR);
    await deployment.clock.advance(20_000);
    expect(await before).toMatchObject({ outcome: "pending", syncedRegions: 2 });
    expect(await after).toMatchObject({ outcome: "pending", syncedRegions: 0 });
  });

  it("that asks for durable stores does not count for new calls what is on its way from memory", async () => {
    const manager = await deployment.startAll();
    for (const region of [WEST, EU]) deployment.setWeather(region, { kind: "slow", delayMs: 500 });
    const before = manager.syncReceipt(receipt(1));
    await deployment.clock.settle();
    await manager.reconfigure(deployment.config(EAST, [WEST, EU], { requireDurable: true }));
    const after = manager.syncReceipt(receipt(1), { timeout: "20s" });
    await deployment.clock.advance(20_000);
    expect(await before).toMatchObject({ outcome: "committed" });
    expect(await after).toMatchObject({ outcome: "pending", syncedRegions: 0 });
  });

  it("can not rename the region, and reports every problem at once", async () => {
    const manager = await deployment.startAll();
    await expect(manager.reconfigure(deployment.config("elsewhere", REGIONS))).rejects.toThrow(/restart/);
    const broken = deployment.config(EAST, [WEST], { maxRetries: 0, quorumThreshold: 9 });
    await expect(manager.reconfigure(broken)).rejects.toMatchObject({ problems: [{}, {}] });
  });
});
