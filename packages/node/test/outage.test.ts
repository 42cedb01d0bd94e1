import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReceiptStore } from "@rsync/core";
import { sqliteStore } from "@rsync/store-sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, outliving, receipt, receipts, WEST } from "./loopback-deployment.ts";
import { DOWN, FAIR, status } from "./loopback-network.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

const HOUR_MS = 3_600_000;
const SMALL = { queuedReceiptsMax: 20, readRowsMax: 16 };

const rows = async (region: string): Promise<number> => (await deployment.store(region).count()).rows;

/** Remembers how many rows were ever asked of the log at once. */
function watched(store: ReceiptStore) {
  const asked = { rowsMax: 0, reads: 0 };
  const list: ReceiptStore["list"] = async (range) => {
    asked.rowsMax = Math.max(asked.rowsMax, range.rowsMax);
    asked.reads += 1;
    return store.list(range);
  };
  return { store: { ...store, list }, asked };
}

describe("2,000 concurrent syncReceipt calls with one region down", () => {
  it("are all committed; memory stays bounded; all are delivered once the region is up", async () => {
    const { store, asked } = watched(deployment.freshStore(EAST));
    await deployment.start(WEST);
    await deployment.start(EU);
    const manager = await deployment.start(EAST, undefined, { store, parts: { laneLimits: SMALL } });
    deployment.setWeather(EU, DOWN);
    const calls = receipts(2_000).map((each) => manager.syncReceipt(each));
    await deployment.clock.advance(60_000);
    const outcomes = new Set((await Promise.all(calls)).map(({ outcome }) => outcome));
    expect(outcomes).toEqual(new Set(["committed"]));
    expect(await deployment.report(EAST, EU)).toMatchObject({ missing: 2_000, isAvailable: false });
    deployment.setWeather(EU, FAIR);
    await deployment.clock.advance(60_000);
    expect(await rows(EU)).toBe(2_000);
    expect(await deployment.report(EAST, EU)).toMatchObject({ missing: 0, isAvailable: true });
    // Beyond its few live rows, each lane went through the log in small steps.
    expect(asked.rowsMax).toBe(16);
    expect(asked.reads).toBeGreaterThan((2 * 1_900) / 16);
  });

  it("hold nobody up: each call ends without waiting for the region that is down", async () => {
    const manager = await deployment.startAll();
    deployment.setWeather(EU, { kind: "hang" });
    const calls = receipts(200).map((each) => manager.syncReceipt(each));
    await Promise.all(calls);
    expect(deployment.clock.monotonicMs()).toBe(0);
  });
});

describe("a call that times out while a region is backing off", () => {
  it("tells what is wrong with the region, although its own receipt never got there", async () => {
    const manager = await deployment.startAll({
      quorumThreshold: 3,
      retryBackoffInitial: "10s",
      retryBackoffMax: "10s",
    });
    deployment.setWeather(EU, DOWN);
    const first = manager.syncReceipt(receipt(1), { timeout: "2s" });
    await deployment.clock.advance(1_000);
    const second = manager.syncReceipt(receipt(2), { timeout: "2s" });
    await deployment.clock.advance(3_000);
    expect(await first).toMatchObject({ outcome: "pending" });
    const { outcome, errors } = await second;
    expect(outcome).toBe("pending");
    expect(errors.map(([region, { kind }]) => [region, kind])).toEqual([[EU, "unreachable"]]);
  });
});

describe("a region that is away for a week", () => {
  it("costs a cursor, and receives everything when it is back", async () => {
    const manager = await deployment.startAll();
    await manager.syncReceipt(receipt(0), { waitFor: "all" });
    deployment.setWeather(EU, DOWN);
    for (let hour = 1; hour <= 7 * 24; hour += 1) {
      expect(await manager.syncReceipt(receipt(hour))).toMatchObject({ outcome: "committed" });
      await deployment.clock.advance(HOUR_MS);
    }
    const cursor = (await deployment.store(EAST).cursors()).find(({ regionId }) => regionId === EU);
    expect(cursor?.position).toBe(1);
    expect(await deployment.report(EAST, EU)).toMatchObject({ missing: 168, health: "open" });
    // One probe in at most 30 s: persistent, and no storm.
    const week = deployment.network.pushes(EU).length;
    expect(week).toBeGreaterThan((7 * 24 * HOUR_MS) / 30_000);
    expect(week).toBeLessThan((7 * 24 * HOUR_MS) / 14_000);
    deployment.setWeather(EU, FAIR);
    await deployment.clock.advance(60_000);
    expect(await rows(EU)).toBe(169);
    expect(await manager.verifyQuorum("rec-77")).toBe(true);
    expect(await deployment.report(EAST, EU)).toMatchObject({ missing: 0, health: "healthy", failureCount: 0 });
  }, 60_000);

  it("is waited for by nobody once its lane is open", async () => {
    const manager = await deployment.startAll({ waitFor: "all" });
    deployment.setWeather(EU, DOWN);
    const first = manager.syncReceipt(receipt(1));
    await deployment.clock.advance(30_000);
    await first;
    const nowMs = deployment.clock.monotonicMs();
    const result = await manager.syncReceipt(receipt(2));
    expect(deployment.clock.monotonicMs()).toBe(nowMs);
    expect(result).toMatchObject({ outcome: "committed", syncedRegions: 2 });
    expect(result.errors).toEqual([[EU, expect.objectContaining({ kind: "unreachable" })]]);
  });

  it("is found at once when it comes back and speaks first", async () => {
    const manager = await deployment.startAll();
    for (const region of [EAST, EU]) deployment.setWeather(region, DOWN);
    await manager.syncReceipt(receipt(1));
    await deployment.clock.advance(300_000);
    for (const region of [EAST, EU]) deployment.setWeather(region, FAIR);
    expect(await rows(EU)).toBe(0);
    await deployment.manager(EU).syncReceipt(receipt("from-eu"));
    await deployment.clock.settle();
    expect(await deployment.report(EAST, EU)).toMatchObject({ missing: 0, health: "healthy" });
  });

  it("is not asked earlier than it wished (`Retry-After`), whatever the backoff says", async () => {
    const manager = await deployment.startAll();
    deployment.setWeather(EU, status(503, 20_000));
    await manager.syncReceipt(receipt(1));
    await deployment.clock.advance(60_000);
    expect(deployment.network.pushes(EU).map(({ atMs }) => atMs)).toEqual([0, 20_000, 40_000, 60_000]);
  });
});

describe("a log that can not be read or written for a while", () => {
  it("rejects the call and sends nothing when the receipt can not be stored", async () => {
    const plain = deployment.freshStore(EAST);
    const append: ReceiptStore["append"] = async () => {
      throw new Error("disk full");
    };
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST], { store: { ...plain, append } });
    await expect(manager.syncReceipt(receipt(1))).rejects.toThrow("disk full");
    await deployment.clock.advance(10_000);
    expect(deployment.network.pushes(WEST)).toEqual([]);
  });

  it("reads, buries and saves again when it can, and loses nothing", async () => {
    const plain = outliving(deployment.freshStore(EAST));
    let broken = false;
    const guarded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
      if (broken) throw new Error("I/O error");
      return work();
    };
    const store: ReceiptStore = {
      ...plain,
      list: (range) => guarded(() => plain.list(range)),
      bury: (letters) => guarded(() => plain.bury(letters)),
      saveCursors: (cursors) => guarded(() => plain.saveCursors(cursors)),
    };
    await deployment.start(WEST);
    deployment.setWeather(EAST, DOWN);
    await deployment.manager(WEST).syncReceipt(receipt(1, { ticks: 7 }), { waitFor: "none" });
    const before = await deployment.start(EAST, [WEST], { store, config: { crossRegionSyncEnabled: false } });
    for (const each of receipts(3)) await before.syncReceipt(each);
    broken = true;
    await before.reconfigure(deployment.config(EAST, [WEST]));
    await deployment.clock.advance(3_000);
    expect(await rows(WEST)).toBe(1);
    broken = false;
    await deployment.clock.advance(1_000);
    broken = true;
    await deployment.clock.advance(3_000);
    broken = false;
    await deployment.clock.advance(13_000);
    expect(await rows(WEST)).toBe(3);
    expect(await plain.deadLetters({ limit: 9 })).toMatchObject([{ receiptId: "rec-1", regionId: WEST }]);
    expect(await plain.cursors()).toMatchObject([{ regionId: WEST, position: 3 }]);
    expect(deployment.messages(EAST, "error").join()).toContain("read what region us-west-1 is owed");
  });
});

describe("a restart over a log on disk", () => {
  it("goes on delivering from the durable cursor, and answers awaitQuorum", async () => {
    const folder = await mkdtemp(join(tmpdir(), "rsync-node-"));
    const open = () => sqliteStore(join(folder, "log.db"), { regionId: EAST });
    const { clock } = deployment;
    try {
      await deployment.start(WEST);
      const first = await deployment.start(EAST, [WEST], { store: await open(), config: { requireDurable: false } });
      const calls = Promise.all(receipts(50).map((each) => first.syncReceipt(each)));
      await clock.settleUntil(() => deployment.network.sentIds(WEST).length === 50);
      expect((await calls).every(({ outcome }) => outcome === "committed")).toBe(true);
      deployment.setWeather(WEST, DOWN);
      await Promise.all(receipts(50, 51).map((each) => first.syncReceipt(each, { waitFor: "none" })));
      deployment.managers.delete(EAST);
      await first.close({ drainMs: 0 });

      deployment.setWeather(WEST, FAIR);
      const before = deployment.network.sentIds(WEST).length;
      const second = await deployment.start(EAST, [WEST], { store: await open() });
      await clock.settleUntil(() => deployment.network.sentIds(WEST).length === before + 50);
      expect(await second.awaitQuorum("rec-77")).toMatchObject({ outcome: "committed", syncedRegions: 2 });
      expect(await second.awaitQuorum("rec-3")).toMatchObject({ outcome: "committed", syncedRegions: 2 });
      expect(await rows(WEST)).toBe(100);
      deployment.managers.delete(EAST);
      await second.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
