/** Many receipts in one call. */
import { InvalidReceiptError } from "@rsync/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, LoopbackDeployment, receipt, receipts, WEST } from "./loopback-deployment.ts";
import { DOWN } from "./loopback-network.ts";
import { watched } from "./watched-store.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

async function start() {
  await deployment.start(WEST);
  const { store, appends } = watched(deployment.freshStore(EAST));
  const manager = await deployment.start(EAST, [WEST], { store });
  return { manager, appends, store };
}

const outcomes = (results: readonly { readonly receiptId: string; readonly outcome: string }[]) =>
  results.map(({ receiptId, outcome }) => [receiptId, outcome]);

describe("syncReceipts", () => {
  it("stores all of them in one append and gives each its result, in their order", async () => {
    const { manager, appends } = await start();
    const shuffled = [7, 3, 9, 1].map((number) => receipt(number));
    const results = await manager.syncReceipts(shuffled);
    expect(outcomes(results)).toEqual(shuffled.map(({ receiptId }) => [receiptId, "committed"]));
    expect(appends).toEqual([4]);
    expect(results.every(({ syncedRegions, totalRegions }) => syncedRegions === 2 && totalRegions === 2)).toBe(true);
  });

  it("of none gives none, and touches nothing", async () => {
    const { manager, appends } = await start();
    expect([await manager.syncReceipts([]), appends]).toEqual([[], []]);
  });

  it("with an invalid one names its index and every bad field, and stores nothing", async () => {
    const { manager, appends, store } = await start();
    const syncing = manager.syncReceipts([receipt(1), receipt(2), receipt(3, { ticks: -1, hash: "xyz" })]);
    await expect(syncing).rejects.toBeInstanceOf(InvalidReceiptError);
    await expect(syncing).rejects.toMatchObject({
      index: 2,
      message: expect.stringContaining("index 2"),
      problems: [{ field: "hash" }, { field: "ticks" }],
    });
    expect([appends, (await store.count()).rows, deployment.network.pushes(WEST)]).toEqual([[], 0, []]);
    await expect(manager.syncReceipt(receipt(3, { ticks: -1 }))).rejects.toMatchObject({ index: undefined });
  });

  it("a conflict inside is refused and fails nobody else", async () => {
    const { manager } = await start();
    await manager.syncReceipt(receipt(2));
    const results = await manager.syncReceipts([receipt(1), receipt(2, { ticks: 7 }), receipt(3)]);
    expect(outcomes(results)).toEqual([
      ["rec-1", "committed"],
      ["rec-2", "refused"],
      ["rec-3", "committed"],
    ]);
    expect(results[1]?.errors).toEqual([[EAST, expect.objectContaining({ kind: "different" })]]);
  });

  it("the same receipt twice is one receipt with two results", async () => {
    const { manager, appends } = await start();
    const results = await manager.syncReceipts([receipt(1), receipt(1), receipt(2)]);
    expect(outcomes(results)).toEqual([
      ["rec-1", "committed"],
      ["rec-1", "committed"],
      ["rec-2", "committed"],
    ]);
    expect([appends, await manager.get("rec-1")]).toMatchObject([[3], { position: expect.any(Number) }]);
    expect(deployment.network.sentIds(WEST)).toEqual(["rec-1", "rec-2"]);
    expect((await deployment.store(WEST).count()).rows).toBe(2);
  });

  it("the same id with other content: the first one is taken", async () => {
    const { manager } = await start();
    const results = await manager.syncReceipts([receipt(1), receipt(1, { ticks: 7 })]);
    expect(results.map(({ outcome }) => outcome)).toEqual(["committed", "refused"]);
  });

  it("the same id before and after its commit: both states are delivered, in order", async () => {
    const { manager } = await start();
    const results = await manager.syncReceipts([receipt(1, { committed: false }), receipt(1)]);
    expect(results.map(({ outcome, committed }) => [outcome, committed])).toEqual([
      ["committed", false],
      ["committed", true],
    ]);
    await deployment.clock.settle();
    expect((await deployment.store(WEST).get("rec-1"))?.record.committed).toBe(true);
  });

  it("rejects as a whole where its signal aborts or its options are wrong; stored ones are delivered all the same", async () => {
    const { manager, appends } = await start();
    await expect(manager.syncReceipts(receipts(2), { timeout: "soon" })).rejects.toMatchObject({ option: "timeout" });
    await expect(manager.syncReceipts(receipts(2), { signal: AbortSignal.abort(new Error("no")) })).rejects.toThrow(
      "no",
    );
    expect(appends).toEqual([]);
    deployment.setWeather(WEST, DOWN);
    const giving = new AbortController();
    const syncing = manager.syncReceipts(receipts(3), { signal: giving.signal });
    syncing.catch(() => {});
    await deployment.clock.settle();
    giving.abort(new Error("enough"));
    await expect(syncing).rejects.toThrow("enough");
    deployment.clearWeather();
    await deployment.clock.advance(60_000);
    expect((await deployment.store(WEST).count()).rows).toBe(3);
  });

  it("with sync disabled stores them here", async () => {
    const { manager, appends } = await start();
    await manager.reconfigure(deployment.config(EAST, [WEST], { crossRegionSyncEnabled: false }));
    expect(outcomes(await manager.syncReceipts(receipts(2)))).toEqual([
      ["rec-1", "disabled"],
      ["rec-2", "disabled"],
    ]);
    expect(appends).toEqual([2]);
  });
});
