/** A region that is behind: how it is caught up with, and how it is left alone while it can not be (DESIGN §8). */
import type { ReceiptSyncManager } from "@rsync/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, LoopbackDeployment, receipt, receipts, WEST } from "./loopback-deployment.ts";
import { DOWN, FAIR, receiptIdsIn, status } from "./loopback-network.ts";
import { watched } from "./watched-store.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

const rows = async (region: string): Promise<number> => (await deployment.store(region).count()).rows;
const sizes = (from = 0): readonly number[] =>
  deployment.network
    .pushes(WEST)
    .slice(from)
    .map((request) => receiptIdsIn(request).length);

/** East with so many receipts that West has not got yet; West answers nothing. */
async function behind(count: number, laneLimits = {}) {
  await deployment.start(WEST);
  deployment.setWeather(WEST, DOWN);
  const { store, reads } = watched(deployment.freshStore(EAST));
  const parts = { laneLimits: { queuedReceiptsMax: 500, readRowsMax: 1_000, ...laneLimits } };
  const manager = await deployment.start(EAST, [WEST], { store, parts });
  for (let from = 1; from <= count; from += 1_000) {
    await manager.syncReceipts(receipts(Math.min(1_000, count - from + 1), from), { waitFor: "none" });
  }
  await deployment.clock.advance(120_000);
  return { manager, reads };
}

const health = async (manager: ReceiptSyncManager) => (await manager.metrics()).regions[0]?.health;

describe("a region that comes back after a long absence", () => {
  it("gets everything in large batches, from the cursor, in small steps through the log", async () => {
    const { reads } = await behind(20_000);
    const before = sizes().length;
    deployment.setWeather(WEST, { kind: "slow", delayMs: 5 });
    await deployment.clock.advance(40_000);
    expect(await rows(WEST)).toBe(20_000);
    expect(await deployment.report(EAST, WEST)).toMatchObject({ missing: 0, health: "healthy" });
    // 20,000 receipts are not 20,000 requests: after a careful beginning, 500 at a time.
    const sent = sizes(before);
    expect(sent.reduce((sum, size) => sum + size)).toBe(20_000);
    expect(sent.length).toBeLessThan(100);
    expect(Math.max(...sent)).toBe(500);
    // I8: the rows in memory are those of the live queue and of two steps at most.
    expect(Math.max(...reads)).toBe(1_000);
    expect(reads.length).toBeGreaterThanOrEqual(19);
  });

  it("is not met by a storm: one request, then twice as many, and a backlog that grows from little", async () => {
    const { manager } = await behind(5_000);
    const before = sizes().length;
    deployment.setWeather(WEST, { kind: "slow", delayMs: 100 });
    const most: number[] = [];
    for (let round = 0; round < 300; round += 1) {
      await deployment.clock.advance(100);
      most.push((await manager.metrics()).regions[0]?.requestsInFlight ?? 0);
    }
    const begun = most.findIndex((count) => count > 0);
    // The probe, alone and with one receipt; only then the rest.
    expect(sizes(before)[0]).toBe(1);
    expect(most.slice(begun, begun + 2)).toEqual([1, 1]);
    expect(Math.max(...most)).toBe(4);
    const later = sizes(before).slice(1);
    expect(Math.max(...later.slice(0, 2))).toBeLessThanOrEqual(64);
    expect(await rows(WEST)).toBe(5_000);
  });

  it("gets what comes in now before what it missed", async () => {
    const { manager } = await behind(20_000);
    const before = sizes().length;
    deployment.setWeather(WEST, { kind: "slow", delayMs: 100 });
    await deployment.clock.runUntil(() => sizes(before).some((size) => size > 100), 60_000);
    expect(await rows(WEST)).toBeLessThan(5_000);
    const calls = [];
    for (let number = 1; number <= 20; number += 1) {
      const beganMs = deployment.clock.monotonicMs();
      const call = manager.syncReceipt(receipt(`live-${number}`), { timeout: "5s" });
      calls.push(call.then(({ outcome }) => [outcome, deployment.clock.monotonicMs() - beganMs] as const));
      await deployment.clock.advance(150);
    }
    await deployment.clock.advance(5_000);
    // One request, none before it, and the moment in which live rows gather: the backlog never has every connection.
    for (const [outcome, tookMs] of await Promise.all(calls)) {
      expect([outcome, tookMs <= 102]).toEqual(["committed", true]);
    }
    await deployment.clock.advance(60_000);
    expect(await rows(WEST)).toBe(20_020);
  });

  it("is not starved of what it missed by more than it can take", async () => {
    const { manager } = await behind(100, { batchReceiptsMax: 1 });
    deployment.setWeather(WEST, { kind: "slow", delayMs: 100 });
    await deployment.clock.runUntil(() => deployment.network.sentIds(WEST).includes("rec-20"), 60_000);
    // Forty a second is what four connections take: here come a hundred.
    for (let number = 1; number <= 1_000; number += 1) {
      await manager.syncReceipt(receipt(`live-${number}`), { waitFor: "none" });
      await deployment.clock.advance(10);
    }
    const held = await deployment.store(WEST).list({ after: 0, ownOnly: false, rowsMax: 2_000, bytesMax: 10_000_000 });
    const missed = held.filter(({ record }) => /^rec-\d+$/.test(record.receiptId)).length;
    expect(missed).toBe(100);
    expect(held.length - missed).toBeGreaterThan(200);
  });
});

describe("a region that says it is overloaded", () => {
  it.each([429, 503])("with %i gets half as much, and more again when it takes it", async (code) => {
    const { manager } = await behind(0);
    deployment.setWeather(WEST, FAIR);
    await deployment.clock.advance(60_000);
    await manager.syncReceipts(receipts(500), { waitFor: "all" });
    deployment.setWeather(WEST, status(code));
    const before = sizes().length;
    const syncing = manager.syncReceipts(receipts(500, 501), { timeout: "2m" });
    await deployment.clock.advance(3_500);
    expect(sizes(before)).toEqual([500, 250, 125]);
    deployment.setWeather(WEST, FAIR);
    await deployment.clock.advance(60_000);
    expect((await syncing).every(({ outcome }) => outcome === "committed")).toBe(true);
    const last = manager.syncReceipts(receipts(1_000, 1_001), { waitFor: "all" });
    // Half of them are read back from the log, and rest beside the others.
    await deployment.clock.advance(100);
    await last;
    expect(Math.max(...sizes(before + 3))).toBe(500);
  });

  it("by being slow gets smaller pieces of what it missed", async () => {
    const { manager } = await behind(20_000);
    const back = sizes().length;
    deployment.setWeather(WEST, { kind: "slow", delayMs: 5 });
    await deployment.clock.runUntil(() => sizes(back).some((size) => size === 500), 60_000);
    deployment.setWeather(WEST, { kind: "slow", delayMs: 2_000 });
    const before = sizes().length;
    await deployment.clock.advance(20_000);
    expect(Math.min(...sizes(before))).toBeLessThan(100);
    expect(await health(manager)).toBe("healthy");
  });
});

describe("the breaker", () => {
  /** The moments at which receipts were pushed to West. */
  const asked = () => deployment.network.pushes(WEST).map(({ atMs }) => atMs);

  it("opens after max(5, maxRetries + 2) failures in a row, and then asks once in a cooldown that grows, with jitter", async () => {
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST]);
    await deployment.clock.settle();
    // Neither can be heard: a sign of life would end one of the rests early.
    for (const region of [EAST, WEST]) deployment.setWeather(region, DOWN);
    deployment.network.requests.length = 0;
    await manager.syncReceipt(receipt(1), { waitFor: "none" });
    await deployment.clock.advance(10_999);
    expect([asked(), await health(manager)]).toEqual([[0, 1_000, 3_000, 7_000], "backingOff"]);
    await deployment.clock.advance(1);
    expect([asked().length, await health(manager)]).toEqual([5, "open"]);
    await deployment.clock.advance(600_000);
    const gaps = asked()
      .slice(4)
      .map((atMs, index, all) => atMs - (all[index - 1] ?? atMs))
      .slice(1);
    // Half of it is certain, the other half by chance: 5 s, 10 s, 20 s, then 30 s.
    for (const [index, cooldownMs] of [5_000, 10_000, 20_000, 30_000].entries()) {
      expect(gaps[index]).toBeGreaterThanOrEqual(cooldownMs / 2);
      expect(gaps[index]).toBeLessThanOrEqual(cooldownMs);
    }
    expect(Math.max(...gaps)).toBeLessThanOrEqual(30_000);
    expect(new Set(gaps).size).toBeGreaterThan(gaps.length / 2);
  });

  it("sends one request to find out, however much waits, and none beside it", async () => {
    const { manager } = await behind(1_000);
    deployment.network.requests.length = 0;
    deployment.setWeather(WEST, { kind: "slow", delayMs: 3_000 });
    await deployment.clock.runUntil(() => asked().length > 0, 60_000);
    await manager.syncReceipts(receipts(100, 2_000), { waitFor: "none" });
    await deployment.clock.advance(2_900);
    expect([sizes(), await health(manager)]).toEqual([[1], "probing"]);
    await deployment.clock.advance(200);
    expect(await health(manager)).toBe("healthy");
  });

  it("notices recovery without any traffic", async () => {
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST]);
    await deployment.clock.settle();
    await manager.syncReceipt(receipt(1), { waitFor: "all" });
    deployment.setWeather(WEST, { kind: "replyLost" });
    await manager.syncReceipt(receipt(2), { waitFor: "none" });
    await deployment.clock.advance(60_000);
    expect(await health(manager)).toBe("open");
    deployment.setWeather(WEST, FAIR);
    await deployment.clock.advance(30_000);
    expect(await health(manager)).toBe("healthy");
    expect((await deployment.report(EAST, WEST)).isAvailable).toBe(true);
  });

  it.each([401, 403])("pauses at %i, asks every 30 s, and goes on when it is mended", async (code) => {
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST]);
    await deployment.clock.settle();
    deployment.setWeather(WEST, status(code));
    deployment.network.requests.length = 0;
    const syncing = manager.syncReceipts(receipts(10));
    await deployment.clock.advance(0);
    // Nobody waits for what only a person can mend, and nothing is buried.
    expect((await syncing).every(({ outcome }) => outcome === "pending")).toBe(true);
    await deployment.clock.advance(120_000);
    expect([asked(), await health(manager)]).toEqual([[0, 30_000, 60_000, 90_000, 120_000], "paused"]);
    expect(deployment.messages(EAST, "error").join()).toContain(WEST);
    deployment.setWeather(WEST, FAIR);
    await deployment.clock.advance(30_000);
    expect([await rows(WEST), await health(manager)]).toEqual([10, "healthy"]);
    expect(await deployment.store(EAST).deadLetters({ limit: 9 })).toEqual([]);
  });

  it("is waited for by nobody while it is open, and calls say so at once", async () => {
    const { manager } = await behind(10);
    const nowMs = deployment.clock.monotonicMs();
    const result = await manager.syncReceipt(receipt(11));
    expect([deployment.clock.monotonicMs() - nowMs, result.outcome]).toEqual([0, "pending"]);
    expect(result.errors).toEqual([[WEST, expect.objectContaining({ kind: "unreachable" })]]);
  });
});
