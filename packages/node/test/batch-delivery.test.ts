/** How receipts travel together, and what becomes of those that a region does not take with the rest. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, receipt, receipts, WEST } from "./loopback-deployment.ts";
import { batchesUpTo, FAIR, noBatches, receiptIdsIn, stumblesOver } from "./loopback-network.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

const rows = async (region: string): Promise<number> => (await deployment.store(region).count()).rows;
const sizes = (to: string): readonly number[] =>
  deployment.network.pushes(to).map((request) => receiptIdsIn(request).length);
const deadLetters = async (regionId: string) => await deployment.store(EAST).deadLetters({ regionId, limit: 1_000 });

describe("natural batching", () => {
  it("an idle lane sends at once; what arrives meanwhile gathers into one request", async () => {
    const manager = await deployment.startAll({}, { laneLimits: { windowMax: 1 } });
    deployment.setWeather(WEST, { kind: "slow", delayMs: 100 });
    deployment.setWeather(EU, { kind: "slow", delayMs: 100 });
    const calls = [manager.syncReceipt(receipt(0))];
    await deployment.clock.advance(10);
    for (const each of receipts(30)) {
      calls.push(manager.syncReceipt(each));
      await deployment.clock.advance(1);
    }
    await deployment.clock.advance(1_000);
    expect(deployment.network.pushes(WEST).map(({ atMs, path }) => [atMs, path])).toEqual([
      [0, "/receipt-sync"],
      [100, "/receipt-sync/batch"],
    ]);
    expect(sizes(WEST)).toEqual([1, 30]);
    expect((await Promise.all(calls)).every(({ outcome }) => outcome === "committed")).toBe(true);
  });

  it("one commit is one request", async () => {
    const manager = await deployment.startAll();
    await manager.syncReceipts(receipts(100));
    await deployment.clock.settle();
    expect([sizes(WEST), sizes(EU)]).toEqual([[100], [100]]);
  });

  it("concurrent calls whose receipts share a commit share a request too", async () => {
    const manager = await deployment.startAll();
    await Promise.all(receipts(40).map((each) => manager.syncReceipt(each)));
    expect(sizes(WEST).reduce((sum, size) => sum + size)).toBe(40);
    expect(sizes(WEST).length).toBeLessThanOrEqual(4);
  });

  it("a batch has at most as many receipts and bytes as allowed, and no id twice", async () => {
    const manager = await deployment.startAll({}, { laneLimits: { batchReceiptsMax: 30, batchBytesMax: 4_000 } });
    const upgraded = [receipt("up", { committed: false }), receipt("up")];
    await manager.syncReceipts([...upgraded, ...receipts(50)], { waitFor: "all" });
    for (const request of deployment.network.pushes(WEST)) {
      const ids = receiptIdsIn(request);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.length).toBeLessThanOrEqual(30);
      // Estimated, not measured: that a lane need not write a receipt to know how many fit.
      expect(Buffer.byteLength(request.body ?? "")).toBeLessThan(2 * 4_000);
    }
    expect(await rows(WEST)).toBe(52);
  });
});

describe("a rejected receipt in the middle of a batch of 100", () => {
  it("ends in dead letters, and its 99 neighbours are acknowledged", async () => {
    const manager = await deployment.startAll();
    // West holds other content under this id, from its own service.
    deployment.setWeather(EAST, { kind: "hang" });
    deployment.setWeather(EU, { kind: "hang" });
    await deployment.manager(WEST).syncReceipt(receipt(50, { ticks: 7 }), { waitFor: "none" });
    deployment.setWeather(EU, FAIR);
    await deployment.clock.settle();
    const results = await manager.syncReceipts(receipts(100), { waitFor: "all" });
    expect(sizes(WEST)[0]).toBe(100);
    const unlucky = results[49];
    expect(unlucky?.regions.map(({ regionId, vote }) => [regionId, vote])).toContainEqual([WEST, "refused"]);
    expect(unlucky?.regions.find(({ regionId }) => regionId === WEST)?.error).toMatchObject({ status: 409 });
    const others = results.filter((result) => result !== unlucky);
    expect(others).toHaveLength(99);
    expect(others.every(({ outcome, syncedRegions }) => outcome === "committed" && syncedRegions === 3)).toBe(true);
    expect(await deadLetters(WEST)).toMatchObject([{ receiptId: "rec-50", kind: "refused", attempts: 1 }]);
    expect(await rows(WEST)).toBe(100);
    expect(await deployment.report(EAST, WEST)).toMatchObject({ health: "healthy", missing: 0, failureCount: 0 });
  });
});

describe("what a region says of a batch confirms nothing where", () => {
  it.each([
    ["an item is missing", (results: readonly object[]) => results.slice(1)],
    ["an item is repeated", (results: readonly object[]) => [results[0] ?? {}, ...results]],
    [
      "an item is about another receipt",
      (results: readonly object[]) => results.with(0, { ...results[0], receipt_id: "rec-99" }),
    ],
    [
      "an item is about other content",
      (results: readonly object[]) => results.with(0, { ...results[0], digest: "0".repeat(64) }),
    ],
    ["an item failed", (results: readonly object[]) => results.with(0, { status: 503, receipt_id: "rec-1" })],
  ])("%s; the others count, and that one is sent again", async (_, change) => {
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST]);
    let spoiled = 0;
    deployment.setWeather(WEST, {
      kind: "items",
      change: (results) => {
        spoiled += 1;
        return spoiled > 1 ? results : change(results).map((result) => ({ ...result }));
      },
    });
    const syncing = manager.syncReceipts(receipts(5), { timeout: "500ms" });
    await deployment.clock.advance(500);
    expect((await syncing).map(({ outcome }) => outcome)).toEqual(["pending", ...new Array(4).fill("committed")]);
    await deployment.clock.advance(1_000);
    expect(await manager.awaitQuorum("rec-1")).toMatchObject({ outcome: "committed" });
    expect(deployment.network.pushes(WEST).slice(1).map(receiptIdsIn)).toEqual([["rec-1"]]);
    expect(await deployment.report(EAST, WEST)).toMatchObject({ missing: 0 });
  });
});

describe("an old region", () => {
  it.each([404, 405] as const)("that answers batches with %i gets singles, and batches again later", async (code) => {
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST]);
    deployment.setWeather(WEST, noBatches(code));
    const first = await manager.syncReceipts(receipts(40));
    expect(first.every(({ outcome }) => outcome === "committed")).toBe(true);
    expect(deployment.network.pushes(WEST).map(({ path }) => path)).toEqual([
      "/receipt-sync/batch",
      ...new Array(40).fill("/receipt-sync"),
    ]);
    // It knows what it knows: nothing failed.
    expect(await deployment.report(EAST, WEST)).toMatchObject({ health: "healthy", failureCount: 0 });

    await deployment.clock.advance(600_000);
    deployment.setWeather(WEST, FAIR);
    const before = sizes(WEST).length;
    await manager.syncReceipts(receipts(40, 41));
    await manager.syncReceipts(receipts(40, 81));
    expect(sizes(WEST).slice(before)).toEqual([40, 40]);
  });

  it("that is still old is asked once, and goes on with singles", async () => {
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST]);
    deployment.setWeather(WEST, noBatches());
    await manager.syncReceipts(receipts(10));
    await deployment.clock.advance(600_000);
    const before = sizes(WEST).length;
    await manager.syncReceipts(receipts(10, 11));
    expect(sizes(WEST).slice(before)).toEqual([10, ...new Array(10).fill(1)]);
  });

  it("gets its singles side by side", async () => {
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST]);
    deployment.setWeather(WEST, noBatches());
    await manager.syncReceipts(receipts(2));
    deployment.setWeather(WEST, { kind: "slow", delayMs: 100 });
    const syncing = manager.syncReceipts(receipts(16, 3));
    await deployment.clock.advance(100);
    expect((await syncing).every(({ outcome }) => outcome === "committed")).toBe(true);
    expect(deployment.clock.monotonicMs()).toBe(100);
  });

  it("is none when the single path is not there either: the endpoint is wrong, and the lane pauses", async () => {
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST]);
    const nothing = { status: 404, headers: {}, body: "" };
    deployment.setWeather(WEST, { kind: "says", answer: () => nothing });
    const results = await manager.syncReceipts(receipts(10));
    expect(results.every(({ outcome }) => outcome === "pending")).toBe(true);
    // The batch, and then single ones, as many as may be in flight.
    expect(sizes(WEST)).toEqual([10, 1, 1, 1, 1]);
    expect(await deployment.report(EAST, WEST)).toMatchObject({ health: "paused" });
  });
});

describe("a transport without batches", () => {
  it("carries receipts one by one, side by side", async () => {
    deployment = new LoopbackDeployment({ batches: false });
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST]);
    deployment.setWeather(WEST, { kind: "slow", delayMs: 100 });
    const syncing = manager.syncReceipts(receipts(16));
    await deployment.clock.advance(100);
    expect((await syncing).every(({ outcome }) => outcome === "committed")).toBe(true);
    expect(sizes(WEST)).toEqual(new Array(16).fill(1));
  });
});

describe("413 for a batch", () => {
  it("splits it until it fits, loses nothing, and is remembered", async () => {
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST]);
    deployment.setWeather(WEST, batchesUpTo(30));
    const results = await manager.syncReceipts(receipts(100));
    expect(results.every(({ outcome }) => outcome === "committed")).toBe(true);
    expect(sizes(WEST)).toEqual([100, 50, 50, 25, 25, 25, 25]);
    const before = sizes(WEST).length;
    await manager.syncReceipts(receipts(100, 101));
    expect(Math.max(...sizes(WEST).slice(before))).toBe(25);
    expect(await deployment.report(EAST, WEST)).toMatchObject({ health: "healthy", failureCount: 0, missing: 0 });
    expect(await deadLetters(WEST)).toEqual([]);
  });
});

describe("poison", () => {
  it("is found and parked, while all others arrive and their calls commit", async () => {
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST]);
    deployment.setWeather(WEST, stumblesOver(["rec-37"]));
    const syncing = manager.syncReceipts(receipts(100), { timeout: "5m" });
    // Others come in all the time, and are not held up for good.
    const later = [];
    for (let number = 101; number <= 160; number += 1) {
      later.push(manager.syncReceipt(receipt(number), { timeout: "5m" }));
      await deployment.clock.advance(1_000);
    }
    await deployment.clock.advance(300_000);
    expect((await Promise.all(later)).every(({ outcome }) => outcome === "committed")).toBe(true);
    // Those that travelled with it have used up the attempts that a call waits for; delivery has not ended with that.
    const outcomes = new Map((await syncing).map(({ receiptId, outcome }) => [receiptId, outcome]));
    expect([...outcomes.values()]).not.toContain("refused");
    expect(outcomes.get("rec-37")).toBe("pending");
    const asked = receipts(100).map(({ receiptId = "" }) => manager.awaitQuorum(receiptId, { timeout: "1s" }));
    await deployment.clock.advance(1_000);
    const uncommitted = (await Promise.all(asked)).filter(({ outcome }) => outcome !== "committed");
    expect(uncommitted.map(({ receiptId, outcome }) => [receiptId, outcome])).toEqual([["rec-37", "pending"]]);
    expect(await rows(WEST)).toBe(159);
    expect(await deadLetters(WEST)).toMatchObject([{ receiptId: "rec-37", kind: "poison", fault: { status: 500 } }]);
    expect(deployment.messages(EAST).join("\n")).toContain("rec-37");
    expect(await deployment.report(EAST, WEST)).toMatchObject({ health: "healthy", missing: 0 });
  });

  it("condemns nobody where it is the region that is ill", async () => {
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST]);
    deployment.setWeather(WEST, stumblesOver(receipts(50).map(({ receiptId = "" }) => receiptId)));
    await manager.syncReceipts(receipts(50), { waitFor: "none" });
    await deployment.clock.advance(3_600_000);
    // At most one is parked on a probe's word alone; the rest waits.
    expect((await deadLetters(WEST)).length).toBeLessThanOrEqual(1);
    deployment.setWeather(WEST, FAIR);
    await deployment.clock.advance(120_000);
    const parked = (await deadLetters(WEST)).filter(({ status }) => status === "open");
    expect((await rows(WEST)) + parked.length).toBe(50);
  });
});
