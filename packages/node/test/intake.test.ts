/** How many submissions may be under way at once, and what becomes of the rest (I8). */
import { StoreError } from "@rsync/core";
import { type IntakeLimits, ManagerClosedError, OverloadedError, type SyncOptions } from "@rsync/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, receipt, receipts, WEST } from "./loopback-deployment.ts";
import { watched } from "./watched-store.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

/** A region whose others take a second to answer: calls are under way for that long. */
async function start(limits: Partial<IntakeLimits>, before?: () => Promise<void>) {
  await deployment.start(WEST);
  await deployment.start(EU);
  const { store, appends } = watched(deployment.freshStore(EAST), before);
  const manager = await deployment.start(EAST, undefined, { store, parts: { intakeLimits: limits } });
  await deployment.clock.settle();
  for (const region of [WEST, EU]) deployment.setWeather(region, { kind: "slow", delayMs: 1_000 });
  const sync = (number: number, options?: SyncOptions) => manager.syncReceipt(receipt(number), options);
  const underWay = async () => (await manager.metrics()).intake;
  return { manager, sync, appends, underWay };
}

const WAIT: SyncOptions = { whenFull: "wait" };

describe("where as many receipts are under way as are allowed", () => {
  it("another one is refused: nothing is stored, and the error says what to do", async () => {
    const { manager, sync, underWay } = await start({ receiptsMax: 2 });
    const calls = [sync(1), sync(2)];
    const refused = sync(3);
    await expect(refused).rejects.toBeInstanceOf(OverloadedError);
    await expect(refused).rejects.toMatchObject({
      kind: "overloaded",
      retryAfterMs: 1_000,
      receipts: 2,
      receiptsMax: 2,
      message: expect.stringContaining("nothing was stored"),
    });
    expect(await manager.get("rec-3")).toBeUndefined();
    expect(await underWay()).toMatchObject({ receipts: 2, waiting: 0 });
    await deployment.clock.advance(1_000);
    await Promise.all(calls);
    expect(await underWay()).toEqual({ receipts: 0, bytes: 0, waiting: 0 });
    const third = sync(3);
    await deployment.clock.advance(1_000);
    expect(await third).toMatchObject({ outcome: "committed" });
    expect((await manager.metrics()).syncs.overloaded).toBe(1);
  });

  it("several together are let in together or not at all", async () => {
    const { manager, appends } = await start({ receiptsMax: 5 });
    const first = manager.syncReceipts(receipts(4));
    await expect(manager.syncReceipts(receipts(2, 5))).rejects.toBeInstanceOf(OverloadedError);
    expect((await manager.metrics()).syncs.overloaded).toBe(2);
    const last = manager.syncReceipts([receipt(5)]);
    await deployment.clock.advance(2_000);
    await Promise.all([first, last]);
    expect(appends).toEqual([4, 1]);
  });

  it("those that wait are let in in the order of their calls", async () => {
    const { sync, appends, underWay } = await start({ receiptsMax: 1, whenFull: "wait" });
    const order: string[] = [];
    const calls = [1, 2, 3].map((number) => sync(number).then(({ receiptId }) => order.push(receiptId)));
    await deployment.clock.settle();
    expect([await underWay(), appends.length]).toEqual([expect.objectContaining({ receipts: 1, waiting: 2 }), 1]);
    // Nobody overtakes them: this one did not want to wait.
    await expect(sync(4, { whenFull: "reject" })).rejects.toBeInstanceOf(OverloadedError);
    await deployment.clock.advance(3_000);
    await Promise.all(calls);
    expect(order).toEqual(["rec-1", "rec-2", "rec-3"]);
  });

  it("who waits for room waits no longer than its timeout, all in all", async () => {
    const { manager, sync } = await start({ receiptsMax: 1 });
    const first = sync(1);
    const late = sync(2, { ...WAIT, timeout: "999ms" });
    const [outcome] = await Promise.all([
      late.then(
        () => "stored",
        (error: unknown) => error,
      ),
      deployment.clock.advance(999),
    ]);
    expect(outcome).toBeInstanceOf(OverloadedError);
    const third = sync(3, { ...WAIT, timeout: "1500ms" });
    await deployment.clock.advance(1);
    await first;
    // Room came after 1 ms; the others take 1,000 ms more: in time.
    await deployment.clock.advance(1_000);
    expect(await third).toMatchObject({ outcome: "committed" });

    const fourth = sync(4);
    const fifth = sync(5, { ...WAIT, timeout: "1200ms" });
    let endedAtMs = 0;
    void fifth.then(() => {
      endedAtMs = deployment.clock.monotonicMs();
    });
    const beganMs = deployment.clock.monotonicMs();
    await deployment.clock.advance(5_000);
    // 1,000 ms for room, and of the 1,000 ms that the others take the 200 that are left.
    expect([await fifth, endedAtMs - beganMs]).toEqual([expect.objectContaining({ outcome: "pending" }), 1_200]);
    await fourth;
    expect(await manager.get("rec-2")).toBeUndefined();
  });

  it("who gives up while waiting is gone, with its signal's reason, and stores nothing", async () => {
    const { manager, sync, underWay } = await start({ receiptsMax: 1 });
    const first = sync(1);
    const giving = new AbortController();
    const second = sync(2, { ...WAIT, signal: giving.signal });
    await deployment.clock.settle();
    giving.abort(new Error("changed my mind"));
    await expect(second).rejects.toThrow("changed my mind");
    expect(await underWay()).toMatchObject({ receipts: 1, waiting: 0 });
    await deployment.clock.advance(1_000);
    await first;
    expect(await manager.get("rec-2")).toBeUndefined();
    expect((await manager.metrics()).syncs.overloaded).toBe(0);
  });

  it("a large one that gives up makes way for a small one behind it", async () => {
    const { manager, sync, underWay } = await start({ receiptsMax: 4, whenFull: "wait" });
    const first = manager.syncReceipts(receipts(2));
    const large = manager.syncReceipts(receipts(3, 3), { timeout: "100ms" });
    const small = sync(6);
    large.catch(() => {});
    await deployment.clock.advance(100);
    await expect(large).rejects.toBeInstanceOf(OverloadedError);
    expect(await underWay()).toMatchObject({ receipts: 3, waiting: 0 });
    await deployment.clock.advance(2_000);
    await Promise.all([first, small]);
  });

  it("who still waits when the manager closes is told so, and stores nothing", async () => {
    const { manager, sync, appends } = await start({ receiptsMax: 1 });
    const first = sync(1);
    const second = sync(2, WAIT);
    const refused = expect(second).rejects.toBeInstanceOf(ManagerClosedError);
    await deployment.clock.settle();
    await deployment.stop(EAST);
    await refused;
    expect(await first).toMatchObject({ outcome: "pending" });
    expect([appends, manager]).toEqual([[1], manager]);
  });
});

describe("bytes", () => {
  it("are limited too, and the error says which limit it is", async () => {
    const { sync } = await start({ bytesMax: 20 });
    // 5 of the id, 4 of the transaction, 4 of the hash.
    const first = sync(1);
    await expect(sync(2)).rejects.toMatchObject({
      bytes: 13,
      bytesMax: 20,
      message: expect.stringMatching(/13 bytes .* 20 bytes/),
    });
    await deployment.clock.advance(1_000);
    await first;
  });

  it("what exceeds a limit all alone is let in when nothing else is under way, for else it never could be", async () => {
    const { manager, sync } = await start({ receiptsMax: 3, bytesMax: 20 });
    const large = manager.syncReceipts(receipts(10));
    await expect(sync(11)).rejects.toBeInstanceOf(OverloadedError);
    await deployment.clock.advance(1_000);
    expect((await large).every(({ outcome }) => outcome === "committed")).toBe(true);
    const small = sync(11);
    await expect(manager.syncReceipts(receipts(10, 20))).rejects.toBeInstanceOf(OverloadedError);
    await deployment.clock.advance(1_000);
    await small;
  });
});

describe("limits may change while the manager runs", () => {
  it("and hold for what comes next, and for those that wait", async () => {
    const limits = { receiptsMax: 1 };
    const { sync, underWay } = await start(limits);
    const first = sync(1);
    const second = sync(2, WAIT);
    limits.receiptsMax = 3;
    const third = sync(3);
    await deployment.clock.settle();
    expect(await underWay()).toMatchObject({ receipts: 3, waiting: 0 });
    limits.receiptsMax = 2;
    await expect(sync(4)).rejects.toBeInstanceOf(OverloadedError);
    // Those that were let in later have gathered for 2 ms.
    await deployment.clock.advance(1_002);
    await Promise.all([first, second, third]);
  });
});

describe("room is made again", () => {
  it("whatever way a call ends", async () => {
    let broken = false;
    const { manager, sync, underWay } = await start({ receiptsMax: 1 }, async () => {
      if (broken) throw new StoreError("full", "disk full");
    });
    broken = true;
    await expect(sync(1)).rejects.toThrow("disk full");
    await expect(manager.syncReceipts([receipt(1)])).rejects.toThrow("disk full");
    broken = false;
    expect(await sync(1, { waitFor: "none" })).toMatchObject({ outcome: "pending" });
    expect(await manager.syncReceipt(receipt(1, { ticks: 7 }))).toMatchObject({ outcome: "refused" });
    const giving = new AbortController();
    const given = sync(2, { signal: giving.signal });
    given.catch(() => {});
    await deployment.clock.settle();
    giving.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
    await expect(sync(3, { timeout: "wrong" })).rejects.toMatchObject({ kind: "invalid-options" });
    await expect(manager.syncReceipt(receipt(4, { ticks: -1 }))).rejects.toMatchObject({ kind: "invalid-receipt" });
    const timedOut = sync(5, { timeout: "10ms" });
    await deployment.clock.advance(10);
    expect(await timedOut).toMatchObject({ outcome: "pending" });
    expect(await underWay()).toEqual({ receipts: 0, bytes: 0, waiting: 0 });
  });
});
