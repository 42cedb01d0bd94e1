import type { ReceiptStore } from "@rsync/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, outliving, receipt, WEST } from "./loopback-deployment.ts";
import { DOWN, FAIR } from "./loopback-network.ts";

let deployment: LoopbackDeployment;

/** Nothing is answered from memory. */
const FORGETFUL = { recentReceiptsMax: 0 };

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

describe("the same state submitted again", () => {
  it("joins the call that is under way, and both learn the same", async () => {
    const manager = await deployment.startAll();
    const both = await Promise.all([manager.syncReceipt(receipt(1)), manager.syncReceipt(receipt(1))]);
    expect(both.map(({ outcome }) => outcome)).toEqual(["committed", "committed"]);
    expect(deployment.network.pushes(WEST)).toHaveLength(1);
    expect(await deployment.store(EAST).count()).toEqual({ rows: 1, own: 1 });
  });

  it("is judged by asking when everything was delivered long ago", async () => {
    const manager = await deployment.startAll({}, FORGETFUL);
    await manager.syncReceipt(receipt(1), { waitFor: "all" });
    const result = await manager.syncReceipt(receipt(1), { waitFor: "all" });
    expect(result).toMatchObject({ outcome: "committed", syncedRegions: 3, errors: [] });
    expect(deployment.network.pushes(WEST)).toHaveLength(1);
  });

  it("is judged as well for everybody who submits it at that moment, with one question for all", async () => {
    const manager = await deployment.startAll({}, FORGETFUL);
    await manager.syncReceipt(receipt(1), { waitFor: "all" });
    const calls = Array.from({ length: 5 }, () => manager.syncReceipt(receipt(1), { waitFor: "all" }));
    const results = await Promise.all(calls);
    expect(results.map(({ syncedRegions }) => syncedRegions)).toEqual([3, 3, 3, 3, 3]);
    expect(deployment.clock.monotonicMs()).toBe(0);
    expect(deployment.network.reads(WEST)).toHaveLength(1);
  });

  it("is judged also after the call that asked first has ended", async () => {
    const manager = await deployment.startAll({}, FORGETFUL);
    await manager.syncReceipt(receipt(1), { waitFor: "all" });
    deployment.setWeather(WEST, DOWN);
    deployment.setWeather(EU, DOWN);
    const first = manager.syncReceipt(receipt(1), { timeout: 100 });
    const second = manager.syncReceipt(receipt(1), { timeout: "20s" });
    await deployment.clock.advance(500);
    expect(await first).toMatchObject({ outcome: "pending" });
    deployment.setWeather(WEST, FAIR);
    await deployment.clock.advance(5_000);
    expect(await second).toMatchObject({ outcome: "committed" });
  });

  it("is given up when nobody can be asked in as many attempts as a call waits for", async () => {
    const manager = await deployment.startAll({}, FORGETFUL);
    await manager.syncReceipt(receipt(1), { waitFor: "all" });
    deployment.setWeather(WEST, DOWN);
    deployment.setWeather(EU, DOWN);
    const again = manager.syncReceipt(receipt(1));
    await deployment.clock.advance(7_000);
    expect(await again).toMatchObject({ outcome: "pending", syncedRegions: 1 });
    expect(deployment.network.reads(WEST).map(({ atMs }) => atMs)).toEqual([0, 1_000, 3_000, 7_000]);
  });

  it("is refused again, at once, when so many regions hold other content", async () => {
    const manager = await deployment.startAll();
    deployment.setWeather(EAST, DOWN);
    for (const region of [WEST, EU]) {
      await deployment.manager(region).syncReceipt(receipt(1, { ticks: 7 }), { waitFor: "none" });
    }
    const first = await manager.syncReceipt(receipt(1));
    expect(first).toMatchObject({ outcome: "refused", quorumAchieved: false });
    expect(await manager.syncReceipt(receipt(1))).toMatchObject({ outcome: "refused", quorumAchieved: false });
    expect(await manager.awaitQuorum("rec-1")).toMatchObject({ outcome: "refused" });
  });

  it("stale: true is held, so true is what is judged and told", async () => {
    const manager = await deployment.startAll();
    await manager.syncReceipt(receipt(1));
    const stale = await manager.syncReceipt(receipt(1, { committed: false }));
    expect(stale).toMatchObject({ outcome: "committed", committed: true });
    expect(await deployment.store(EAST).count()).toEqual({ rows: 1, own: 1 });
  });

  it("upgraded while the earlier state is waited for: both commit, and every region ends with true", async () => {
    const manager = await deployment.startAll();
    deployment.setWeather(WEST, { kind: "slow", delayMs: 500 });
    deployment.setWeather(EU, { kind: "slow", delayMs: 500 });
    const before = manager.syncReceipt(receipt(1, { committed: false }));
    const after = manager.syncReceipt(receipt(1));
    await deployment.clock.advance(5_000);
    expect(await before).toMatchObject({ outcome: "committed", committed: false });
    expect(await after).toMatchObject({ outcome: "committed", committed: true });
    for (const region of [WEST, EU]) {
      expect((await deployment.store(region).get("rec-1"))?.record.committed).toBe(true);
    }
  });

  it("a true that a region confirmed answers who waits for false", async () => {
    const manager = await deployment.startAll();
    deployment.setWeather(WEST, DOWN);
    deployment.setWeather(EU, DOWN);
    const before = manager.syncReceipt(receipt(1, { committed: false }), { timeout: "1m" });
    await deployment.clock.advance(10);
    const after = manager.syncReceipt(receipt(1), { timeout: "1m" });
    deployment.clearWeather();
    await deployment.clock.advance(3_000);
    expect([(await before).outcome, (await after).outcome]).toEqual(["committed", "committed"]);
  });

  it("a true that was acknowledged answers who waits for false, also where false itself fails", async () => {
    // One receipt per request, so that the true does not wait for the answer to the false.
    const parts = { laneLimits: { batchReceiptsMax: 1 } };
    const manager = await deployment.start(EAST, [WEST], { parts });
    await deployment.start(WEST);
    const busy = { status: 503, headers: {}, body: "" };
    deployment.setWeather(WEST, {
      kind: "says",
      answer: ({ body }) => (body?.includes('"committed":false') ? busy : undefined),
    });
    const before = manager.syncReceipt(receipt(1, { committed: false }));
    const after = manager.syncReceipt(receipt(1));
    expect([(await before).outcome, (await after).outcome]).toEqual(["committed", "committed"]);
    expect(deployment.clock.monotonicMs()).toBe(0);
  });

  it("held here only as another region's row: submitted, it becomes this region's own to deliver", async () => {
    await deployment.startAll();
    await deployment.manager(WEST).syncReceipt(receipt(1), { waitFor: "all" });
    expect(await deployment.store(EAST).count()).toEqual({ rows: 1, own: 0 });
    const result = await deployment.manager(EAST).syncReceipt(receipt(1), { waitFor: "all" });
    expect(result).toMatchObject({ outcome: "committed", syncedRegions: 3 });
    expect(await deployment.store(EAST).count()).toEqual({ rows: 2, own: 1 });
    expect(deployment.network.pushes(EU).map(({ from }) => from)).toEqual([WEST, EAST]);
  });
});

describe("a wait", () => {
  /** A store in which one kind of question is answered only when the test says so. */
  function gated(store: ReceiptStore, name: "append" | "deadLetters") {
    const gate = Promise.withResolvers<void>();
    const slow =
      name === "append"
        ? {
            append: async (items: Parameters<ReceiptStore["append"]>[0]) => {
              const results = await store.append(items);
              await gate.promise;
              return results;
            },
          }
        : {
            deadLetters: async (query: Parameters<ReceiptStore["deadLetters"]>[0]) => {
              await gate.promise;
              return store.deadLetters(query);
            },
          };
    return { store: { ...store, ...slow }, open: gate.resolve, fail: gate.reject };
  }

  it("ends with the signal's reason although the signal fell while the receipt was being stored; delivery goes on", async () => {
    const { store, open } = gated(deployment.freshStore(EAST), "append");
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, undefined, { store });
    deployment.setWeather(WEST, DOWN);
    const controller = new AbortController();
    const syncing = manager.syncReceipt(receipt(1), { signal: controller.signal });
    await deployment.clock.settle();
    controller.abort(new Error("the user left"));
    open();
    await expect(syncing).rejects.toThrow("the user left");
    deployment.clearWeather();
    await deployment.clock.advance(10_000);
    expect((await deployment.store(WEST).get("rec-1"))?.record.receiptId).toBe("rec-1");
  });

  it("rejects before anything is stored when the signal has fallen already", async () => {
    const manager = await deployment.startAll();
    const syncing = manager.syncReceipt(receipt(1), { signal: AbortSignal.abort(new Error("too late")) });
    await expect(syncing).rejects.toThrow("too late");
    expect(await deployment.store(EAST).count()).toEqual({ rows: 0, own: 0 });
  });

  it("rejects once, with nothing unhandled, when its signal falls while dead letters are read", async () => {
    const { store, open } = gated(deployment.freshStore(EAST), "deadLetters");
    const manager = await deployment.start(EAST, undefined, { store });
    await manager.syncReceipt(receipt(1), { waitFor: "none" });
    const controller = new AbortController();
    const waiting = manager.awaitQuorum("rec-1", { signal: controller.signal });
    const settled = waiting.then(
      () => "resolved",
      (error: Error) => error.message,
    );
    await deployment.clock.settle();
    controller.abort(new Error("the user left"));
    await deployment.clock.settle();
    open();
    expect(await settled).toBe("the user left");
  });

  it("ends when dead letters can not be read, and leaves no timer", async () => {
    const { store, fail } = gated(deployment.freshStore(EAST), "deadLetters");
    await deployment.start(WEST, [EAST]);
    const manager = await deployment.start(EAST, [WEST], { store });
    await manager.syncReceipt(receipt(1), { waitFor: "none" });
    await deployment.clock.advance(1_000);
    const before = deployment.clock.timersPending();
    const waiting = manager.awaitQuorum("rec-1", { timeout: "2s" });
    fail(new Error("disk trouble"));
    await expect(waiting).rejects.toThrow("disk trouble");
    expect(deployment.clock.timersPending()).toBe(before);
  });

  it("leaves no timer when it ends between two questions", async () => {
    const manager = await deployment.startAll({}, FORGETFUL);
    await manager.syncReceipt(receipt(1), { waitFor: "all" });
    await deployment.clock.advance(2_000);
    const before = deployment.clock.timersPending();
    for (const region of [WEST, EU]) deployment.setWeather(region, DOWN);
    const again = manager.syncReceipt(receipt(1), { timeout: 500 });
    await deployment.clock.advance(500);
    expect(await again).toMatchObject({ outcome: "pending" });
    await deployment.clock.settle();
    expect(deployment.clock.timersPending()).toBe(before);
  });

  it("leaves no timer and asks nobody any more once it is over", async () => {
    const manager = await deployment.start(EAST, undefined, { store: outliving(deployment.freshStore(EAST)) });
    await manager.syncReceipt(receipt(1), { waitFor: "none" });
    await deployment.stop(EAST);
    deployment.setWeather(WEST, { kind: "hang" });
    const again = await deployment.start(EAST, undefined, { store: deployment.store(EAST) });
    const waiting = again.awaitQuorum("rec-1", { timeout: 100 });
    await deployment.clock.settle();
    const [question] = deployment.network.reads(WEST);
    await deployment.clock.advance(100);
    expect(await waiting).toMatchObject({ outcome: "pending" });
    expect(question?.call.signal).toMatchObject({ aborted: true });
    await deployment.clock.advance(60_000);
    expect(deployment.network.reads(WEST)).toHaveLength(1);
    expect(deployment.network.reads(EU)).toHaveLength(1);
  });
});
