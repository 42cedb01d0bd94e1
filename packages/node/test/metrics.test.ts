/** Every figure that a manager counts, by what makes it (DESIGN §16). */
import type { DeliveryFigures, HistogramFigures, ManagerMetrics, ReceiptSyncManager, RegionMetrics } from "@rsync/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, receipt, receipts, WEST } from "./loopback-deployment.ts";
import { batchesUpTo, DOWN, FAIR, noBatches, status, stumblesOver, type Weather } from "./loopback-network.ts";
import { watched } from "./watched-store.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

const of = (metrics: ManagerMetrics, regionId: string): RegionMetrics => {
  const found = metrics.regions.find((region) => region.regionId === regionId);
  if (found === undefined) throw new Error(`no figures of ${regionId}`);
  return found;
};

async function delivery(manager: ReceiptSyncManager, regionId: string): Promise<DeliveryFigures> {
  return of(await manager.metrics(), regionId).delivery;
}

/** Values by the bound that first holds them. */
function spread({ buckets, count }: HistogramFigures): Readonly<Record<string, number>> {
  let before = 0;
  const found: Record<string, number> = {};
  for (const bucket of [...buckets, { upTo: Number.POSITIVE_INFINITY, count }]) {
    if (bucket.count > before) found[bucket.upTo] = bucket.count - before;
    before = bucket.count;
  }
  return found;
}

describe("submissions", () => {
  it("are counted by outcome, those from memory included", async () => {
    const manager = await deployment.startAll();
    await manager.syncReceipts(receipts(3));
    await manager.syncReceipt(receipt(1));
    await manager.syncReceipt(receipt(1, { ticks: 7 }));
    await manager.syncReceipt(receipt(4), { waitFor: "none" });
    await manager.reconfigure(deployment.config(EAST, [WEST, EU], { crossRegionSyncEnabled: false }));
    await manager.syncReceipt(receipt(5));
    const { outcomes } = (await manager.metrics()).syncs;
    expect(outcomes).toEqual({ committed: 4, pending: 1, refused: 1, disabled: 1 });
  });

  it("take their time from the call to the result, room and the own commit included; what memory answers takes none", async () => {
    const { store } = watched(deployment.freshStore(EAST), async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      deployment.clock.schedule(30, resolve);
      await promise;
    });
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST], { store, parts: { intakeLimits: { receiptsMax: 1 } } });
    await deployment.clock.settle();
    deployment.setWeather(WEST, { kind: "slow", delayMs: 400 });
    const calls = [1, 2].map((number) => manager.syncReceipt(receipt(number), { whenFull: "wait" }));
    await deployment.clock.advance(5_000);
    await Promise.all(calls);
    await manager.syncReceipt(receipt(1));
    const { syncMs, commitMs } = (await manager.metrics()).syncs;
    // 430 ms, and for the second 430 ms of waiting before.
    expect([syncMs.count, syncMs.sum, spread(syncMs)]).toEqual([2, 430 + 860, { 500: 1, 1000: 1 }]);
    expect([commitMs.count, commitMs.sum, spread(commitMs)]).toEqual([2, 60, { 50: 2 }]);
  });

  it("under way are counted with their bytes", async () => {
    const manager = await deployment.startAll();
    for (const region of [WEST, EU]) deployment.setWeather(region, { kind: "slow", delayMs: 10 });
    const syncing = manager.syncReceipts(receipts(2));
    // rec-1, tx-1 and four bytes of hash.
    expect((await manager.metrics()).intake).toEqual({ receipts: 2, bytes: 26, waiting: 0 });
    await deployment.clock.advance(10);
    await syncing;
    expect((await manager.metrics()).intake).toEqual({ receipts: 0, bytes: 0, waiting: 0 });
  });

  it("and what the log holds", async () => {
    const manager = await deployment.startAll();
    await manager.syncReceipts(receipts(2));
    await deployment.manager(WEST).syncReceipt(receipt(3), { waitFor: "all" });
    expect((await manager.metrics()).store).toEqual({ rows: 3, own: 2 });
  });
});

describe("delivery to a region", () => {
  it("counts requests, receipts by request, and what was acknowledged, with the time it took", async () => {
    const manager = await deployment.startAll();
    deployment.setWeather(WEST, { kind: "slow", delayMs: 15 });
    for (const many of [receipts(1), receipts(40, 2), receipts(3, 50)]) {
      const syncing = manager.syncReceipts(many, { waitFor: "all" });
      await deployment.clock.advance(15);
      await syncing;
    }
    const { requests, acknowledged, refused, failed, failures, batchReceipts, requestMs } = await delivery(
      manager,
      WEST,
    );
    expect({ requests, acknowledged, refused, failed }).toEqual({
      requests: 3,
      acknowledged: 44,
      refused: 0,
      failed: 0,
    });
    expect([batchReceipts.sum, spread(batchReceipts)]).toEqual([44, { 1: 1, 5: 1, 50: 1 }]);
    expect([requestMs.count, requestMs.sum, spread(requestMs)]).toEqual([3, 45, { 20: 3 }]);
    expect(Object.values(failures).every((count) => count === 0)).toBe(true);
  });

  const faults: readonly (readonly [keyof DeliveryFigures["failures"], Weather])[] = [
    ["unreachable", DOWN],
    ["timeout", { kind: "hang" }],
    ["broken", { kind: "replyLost" }],
    ["broken", { kind: "rejects" }],
    ["status", status(503)],
    ["status", batchesUpTo(1)],
    ["status", noBatches()],
    ["garbled", { kind: "fault", fault: { kind: "garbled", status: 200, detail: "no JSON", excerpt: "<html>" } }],
  ];
  it.each(faults)("counts a request without evidence by its kind: %s", async (kind, weather) => {
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST]);
    deployment.setWeather(WEST, weather);
    const syncing = manager.syncReceipts(receipts(2), { timeout: "5500ms" });
    await deployment.clock.advance(0);
    if (kind === "timeout") await deployment.clock.advance(5_000);
    const first = await delivery(manager, WEST);
    expect(first.failures).toMatchObject({ [kind]: 1 });
    expect(Object.values(first.failures).reduce((sum, count) => sum + count)).toBe(1);
    expect(first.failed).toBe(2);
    await deployment.clock.advance(6_000);
    await syncing;
  });

  it("counts a lone refusal as what it is, not as a failure", async () => {
    const manager = await deployment.startAll();
    for (const region of [EAST, EU]) deployment.setWeather(region, { kind: "hang" });
    await deployment.manager(WEST).syncReceipt(receipt(1, { ticks: 7 }), { waitFor: "none" });
    await manager.syncReceipt(receipt(1), { waitFor: "none" });
    await deployment.clock.settle();
    const { requests, refused, failed, failures, requestMs } = await delivery(manager, WEST);
    expect({ requests, refused, failed, status: failures.status, answered: requestMs.count }).toEqual({
      requests: 1,
      refused: 1,
      failed: 0,
      status: 0,
      answered: 1,
    });
  });

  it("counts the items of a batch one by one", async () => {
    const manager = await deployment.startAll();
    for (const region of [EAST, EU]) deployment.setWeather(region, { kind: "hang" });
    await deployment.manager(WEST).syncReceipt(receipt(2, { ticks: 7 }), { waitFor: "none" });
    deployment.setWeather(WEST, { kind: "items", change: (results) => results.slice(1) });
    await manager.syncReceipts(receipts(4), { waitFor: "none" });
    await deployment.clock.settle();
    const { acknowledged, refused, failed } = await delivery(manager, WEST);
    expect({ acknowledged, refused, failed }).toEqual({ acknowledged: 2, refused: 1, failed: 1 });
  });

  it("stays counted when the configuration changes", async () => {
    const manager = await deployment.startAll();
    await manager.syncReceipts(receipts(4), { waitFor: "all" });
    await manager.reconfigure(deployment.config(EAST, [EU, WEST], { maxRetries: 5 }));
    const metrics = await manager.metrics();
    expect(metrics.regions.map(({ regionId }) => regionId)).toEqual([EU, WEST]);
    expect(of(metrics, WEST).delivery.acknowledged).toBe(4);
  });
});

describe("how a region stands", () => {
  it("health, failures, and what is in flight", async () => {
    const manager = await deployment.startAll();
    deployment.setWeather(WEST, { kind: "slow", delayMs: 100 });
    deployment.setWeather(EU, DOWN);
    await manager.syncReceipts(receipts(3), { waitFor: "none" });
    const metrics = await manager.metrics();
    expect(of(metrics, WEST)).toMatchObject({ health: "healthy", failures: 0, requestsInFlight: 1 });
    expect(of(metrics, EU)).toMatchObject({ health: "backingOff", failures: 1, requestsInFlight: 0 });
    await deployment.clock.advance(60_000);
    expect(of(await manager.metrics(), EU)).toMatchObject({ health: "open" });
  });

  it("how much it is owed, and since when by the wall clock", async () => {
    const manager = await deployment.startAll();
    await manager.syncReceipts(receipts(2), { waitFor: "all" });
    expect(of(await manager.metrics(), EU)).toMatchObject({ owed: 0, oldestOwedMs: undefined });
    deployment.setWeather(EU, DOWN);
    await manager.syncReceipt(receipt(3));
    await deployment.clock.advance(4_000);
    await manager.syncReceipts(receipts(5, 4));
    await deployment.clock.advance(1_000);
    expect(of(await manager.metrics(), EU)).toMatchObject({ owed: 6, oldestOwedMs: 5_000 });
    expect(of(await manager.metrics(), WEST)).toMatchObject({ owed: 0, oldestOwedMs: undefined });
    // The wall clock was set back: an age is never below nothing.
    deployment.clock.setWallMs(0);
    expect(of(await manager.metrics(), EU).oldestOwedMs).toBe(0);
  });

  it("its dead letters by kind", async () => {
    const manager = await deployment.startAll();
    for (const region of [EAST, EU]) deployment.setWeather(region, { kind: "hang" });
    await deployment.manager(WEST).syncReceipt(receipt(1, { ticks: 7 }), { waitFor: "none" });
    deployment.setWeather(WEST, stumblesOver(["rec-2"]));
    await manager.syncReceipts(receipts(2), { waitFor: "none" });
    for (let number = 3; number < 40; number += 1) {
      await manager.syncReceipt(receipt(number), { waitFor: "none" });
      await deployment.clock.advance(2_000);
    }
    expect(of(await manager.metrics(), WEST).deadLetters).toEqual({ refused: 1, poison: 1 });
  });
});

describe("receipts at risk", () => {
  it("are those that a quorum holds only with that region", async () => {
    const manager = await deployment.startAll();
    await manager.syncReceipts(receipts(10), { waitFor: "all" });
    expect((await manager.metrics()).atRisk).toEqual(new Map([EAST, WEST, EU].map((regionId) => [regionId, 0])));
    deployment.setWeather(EU, DOWN);
    await manager.syncReceipts(receipts(4, 11));
    await deployment.clock.settle();
    deployment.setWeather(WEST, DOWN);
    await manager.syncReceipts(receipts(2, 15), { waitFor: "none" });
    const atRisk = [...(await manager.metrics()).atRisk];
    expect(atRisk).toEqual([
      [EAST, 4],
      [WEST, 4],
      [EU, 0],
    ]);
    for (const region of [WEST, EU]) deployment.setWeather(region, FAIR);
    await deployment.clock.advance(60_000);
    expect(new Set((await manager.metrics()).atRisk.values())).toEqual(new Set([0]));
  });
});

describe("no figure", () => {
  it("names a receipt", async () => {
    const manager = await deployment.startAll();
    await manager.syncReceipts(receipts(3));
    expect(JSON.stringify(await manager.metrics())).not.toMatch(/rec-|tx-/);
  });
});
