/** The cache of recent syncs: what it answers, what it does not, and when it forgets (DESIGN §10). */
import type { ReceiptSyncManager, SyncOptions } from "@rsync/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, outliving, receipt, receipts, WEST } from "./loopback-deployment.ts";
import { DOWN, FAIR } from "./loopback-network.ts";
import { watched } from "./watched-store.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

async function start(parts: Partial<Parameters<typeof ReceiptSyncManager.create>[1]> = {}) {
  await deployment.start(WEST);
  await deployment.start(EU);
  const { store, appends } = watched(deployment.freshStore(EAST));
  const manager = await deployment.start(EAST, undefined, { store, parts });
  await deployment.clock.settle();
  const asked = () => ({ requests: deployment.network.requests.length, appends: appends.length });
  /** What a call costs; time passes until it is answered. */
  const cost = async (call: () => Promise<unknown>) => {
    await deployment.clock.advance(1_000);
    const before = asked();
    const calling = call();
    await deployment.clock.advance(1_000);
    await calling;
    const after = asked();
    return { requests: after.requests - before.requests, appends: after.appends - before.appends };
  };
  return { manager, cost };
}

const NOTHING = { requests: 0, appends: 0 };

describe("the same state again under the same policy", () => {
  it("is answered at once, without a request and without an append", async () => {
    const { manager, cost } = await start();
    const first = await manager.syncReceipt(receipt(1));
    let again: unknown;
    expect(
      await cost(async () => {
        again = await manager.syncReceipt(receipt(1));
      }),
    ).toEqual(NOTHING);
    expect(again).toEqual(first);
    expect((await manager.metrics()).cache).toEqual({ receipts: 1, receiptsMax: 10_000, hits: 1, misses: 1 });
  });

  it("among many: only what is not known is stored and sent", async () => {
    const { manager, cost } = await start();
    await manager.syncReceipts(receipts(10), { waitFor: "all" });
    let results: readonly { readonly receiptId: string; readonly outcome: string }[] = [];
    const mixed = [receipt(3), receipt(11), receipt(1), receipt(12)];
    const spent = await cost(async () => {
      results = await manager.syncReceipts(mixed);
    });
    expect(spent).toEqual({ requests: 2, appends: 1 });
    expect(results.map(({ receiptId, outcome }) => [receiptId, outcome])).toEqual(
      ["rec-3", "rec-11", "rec-1", "rec-12"].map((receiptId) => [receiptId, "committed"]),
    );
    expect(await cost(() => manager.syncReceipts(mixed))).toEqual(NOTHING);
    expect((await manager.metrics()).cache).toMatchObject({ hits: 6, misses: 12 });
  });

  it('with waitFor "all": only where every region has confirmed', async () => {
    const { manager, cost } = await start();
    deployment.setWeather(EU, { kind: "slow", delayMs: 10 });
    await manager.syncReceipt(receipt(1));
    expect((await cost(() => manager.syncReceipt(receipt(1), { waitFor: "all" }))).appends).toBe(1);
    expect(await cost(() => manager.syncReceipt(receipt(1), { waitFor: "all" }))).toEqual(NOTHING);
    expect(await cost(() => manager.syncReceipt(receipt(1)))).toEqual(NOTHING);
  });

  it('with waitFor "none": at once as well', async () => {
    const { manager, cost } = await start();
    await manager.syncReceipt(receipt(1));
    expect(await cost(() => manager.syncReceipt(receipt(1), { waitFor: "none" }))).toEqual(NOTHING);
  });

  it("whether it is final or not", async () => {
    const { manager, cost } = await start();
    await manager.syncReceipt(receipt(1, { committed: false }));
    expect(await cost(() => manager.syncReceipt(receipt(1, { committed: false })))).toEqual(NOTHING);
  });

  it("is answered as what is held, when a stale `committed: false` comes late", async () => {
    const { manager, cost } = await start();
    await manager.syncReceipt(receipt(1, { committed: false }));
    await manager.syncReceipt(receipt(1));
    let stale: unknown;
    const spent = await cost(async () => {
      stale = await manager.syncReceipt(receipt(1, { committed: false }));
    });
    expect([spent, stale]).toEqual([NOTHING, expect.objectContaining({ outcome: "committed", committed: true })]);
  });
});

describe("goes the normal way", () => {
  const ways: readonly (readonly [string, () => Parameters<ReceiptSyncManager["syncReceipt"]>])[] = [
    ["a call with a quorum of its own", () => [receipt(1, { committed: false }), { quorum: 2 }]],
    ["an upgrade", () => [receipt(1, { committed: true })]],
    ["other content", () => [receipt(1, { committed: false, ticks: 7 })]],
    ["another receipt", () => [receipt(2)]],
  ];
  it.each(ways)("%s", async (_, args) => {
    const { manager, cost } = await start();
    await manager.syncReceipt(receipt(1, { committed: false }));
    expect((await cost(() => manager.syncReceipt(...args()))).appends).toBe(1);
  });

  it("what was judged under a quorum of its own, and what did not commit", async () => {
    const { manager, cost } = await start();
    await manager.syncReceipt(receipt(1), { quorum: 1 });
    expect((await cost(() => manager.syncReceipt(receipt(1)))).appends).toBe(1);
    for (const region of [WEST, EU]) deployment.setWeather(region, DOWN);
    const late: SyncOptions = { timeout: "10ms" };
    expect((await cost(() => manager.syncReceipt(receipt(2), late))).appends).toBe(1);
    expect((await cost(() => manager.syncReceipt(receipt(2), late))).appends).toBe(1);
  });

  it("verification, inspection and resumed waits, which ask every time", async () => {
    const { manager, cost } = await start();
    await manager.syncReceipt(receipt(1));
    for (const ask of [
      () => manager.verifyQuorum("rec-1"),
      () => manager.inspect("rec-1"),
      () => manager.awaitQuorum("rec-1"),
    ]) {
      expect((await cost(ask)).requests).toBeGreaterThanOrEqual(2);
    }
    expect((await manager.metrics()).cache).toMatchObject({ hits: 0, misses: 1 });
  });

  it("a call while sync is disabled", async () => {
    const { manager, cost } = await start();
    await manager.syncReceipt(receipt(1));
    await manager.reconfigure(deployment.config(EAST, [WEST, EU], { crossRegionSyncEnabled: false }));
    expect(await cost(() => manager.syncReceipt(receipt(1)))).toEqual({ requests: 0, appends: 1 });
  });
});

describe("is forgotten", () => {
  it("when a region's store was replaced", async () => {
    const { manager, cost } = await start();
    await manager.syncReceipt(receipt(1), { waitFor: "all" });
    await deployment.stop(EU);
    await deployment.start(EU);
    await deployment.clock.advance(1_000);
    expect((await manager.metrics()).cache.receipts).toBe(0);
    expect((await cost(() => manager.syncReceipt(receipt(1)))).appends).toBe(1);
  });

  it("also when the new store already votes again by the time that it is met", async () => {
    const { manager } = await start();
    await deployment.manager(WEST).syncReceipt(receipt("known"), { waitFor: "all" });
    await manager.syncReceipt(receipt(1), { waitFor: "all" });
    await deployment.stop(EU);
    deployment.setWeather(EAST, DOWN);
    const replaced = await deployment.start(EU);
    await deployment.clock.advance(1_000);
    expect(replaced.introduction().refilling).toBe(true);
    await replaced.acceptLoss();
    expect((await manager.metrics()).cache.receipts).toBe(1);
    await manager.syncReceipt(receipt(2), { waitFor: "all" });
    expect((await manager.metrics()).cache.receipts).toBe(0);
  });

  it("when the own store turns out to be a restored one", async () => {
    const { manager } = await start();
    await manager.syncReceipt(receipt(1), { waitFor: "all" });
    expect((await manager.metrics()).cache.receipts).toBe(1);
    // West has seen more of this store than the store itself knows: it is an older copy.
    const { store } = manager.introduction();
    deployment.setWeather(WEST, {
      kind: "says",
      answer: () => ({
        status: 200,
        headers: {
          "x-rsync-region": WEST,
          "x-rsync-store": westMark(),
          "x-rsync-seen": `${store.storeId};an-epoch-of-the-future;999`,
        },
        body: "{}",
      }),
    });
    const calling = manager.syncReceipt(receipt(2), { waitFor: "none" });
    await deployment.clock.advance(1_000);
    await calling;
    expect(manager.introduction().store.storeId).not.toBe(store.storeId);
    expect((await manager.metrics()).cache.receipts).toBe(0);
  });

  function westMark(): string {
    const { storeId, epoch, position } = deployment.manager(WEST).introduction().store;
    return `${storeId};${epoch};${position}`;
  }

  it("with every change of configuration", async () => {
    const { manager, cost } = await start();
    await manager.syncReceipt(receipt(1));
    await manager.reconfigure(deployment.config(EAST, [WEST, EU], { maxRetries: 5 }));
    expect((await cost(() => manager.syncReceipt(receipt(1)))).appends).toBe(1);
  });

  it("also where the call had begun before it", async () => {
    const { manager, cost } = await start();
    deployment.setWeather(WEST, { kind: "slow", delayMs: 500 });
    deployment.setWeather(EU, DOWN);
    const calling = manager.syncReceipt(receipt(1));
    await deployment.clock.advance(100);
    // Under the new one memory is no vote; the call goes on under the old one, and commits.
    await manager.reconfigure(deployment.config(EAST, [WEST, EU], { requireDurable: true }));
    await deployment.clock.advance(500);
    expect(await calling).toMatchObject({ outcome: "committed" });
    deployment.setWeather(WEST, FAIR);
    let again: unknown;
    const spent = await cost(async () => {
      again = await manager.syncReceipt(receipt(1), { timeout: "10ms" });
    });
    expect(spent.appends).toBe(1);
    expect(again).toMatchObject({ outcome: "pending", syncedRegions: 0 });
  });

  it("the longest unused first, where there is no more room", async () => {
    const { manager, cost } = await start({ recentReceiptsMax: 3 });
    for (const number of [1, 2, 3]) await manager.syncReceipt(receipt(number), { waitFor: "all" });
    await manager.syncReceipt(receipt(1));
    await manager.syncReceipt(receipt(4), { waitFor: "all" });
    expect((await manager.metrics()).cache).toMatchObject({ receipts: 3, receiptsMax: 3 });
    for (const number of [1, 3, 4]) expect(await cost(() => manager.syncReceipt(receipt(number)))).toEqual(NOTHING);
    expect((await cost(() => manager.syncReceipt(receipt(2)))).appends).toBe(1);
  });

  it("at once, with 0", async () => {
    const { manager, cost } = await start({ recentReceiptsMax: 0 });
    await manager.syncReceipt(receipt(1), { waitFor: "all" });
    expect((await cost(() => manager.syncReceipt(receipt(1)))).appends).toBe(1);
    expect((await manager.metrics()).cache).toMatchObject({ receipts: 0, receiptsMax: 0, hits: 0 });
  });

  it("with the process", async () => {
    await deployment.start(WEST);
    const { store, appends } = watched(outliving(deployment.freshStore(EAST)));
    const first = await deployment.start(EAST, [WEST], { store });
    await first.syncReceipt(receipt(1));
    await deployment.stop(EAST);
    const second = await deployment.start(EAST, [WEST], { store });
    await second.syncReceipt(receipt(1));
    expect(appends).toEqual([1, 1]);
  });
});
