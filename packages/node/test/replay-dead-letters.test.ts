/** Replaying what other regions did not take: it is sent once more, and what comes of it decides about the dead letter. */
import { type Burial, formatIdentification, type ReceiptStore } from "@rsync/core";
import type { ReceiptSyncManager } from "@rsync/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, outliving, receipt, receipts, WEST } from "./loopback-deployment.ts";
import { DOWN, FAIR, status, type Weather } from "./loopback-network.ts";

let deployment: LoopbackDeployment;
let store: ReceiptStore;
let manager: ReceiptSyncManager;
beforeEach(async () => {
  deployment = new LoopbackDeployment();
  store = outliving(deployment.freshStore(EAST));
  await deployment.start(WEST);
  await deployment.start(EU);
  manager = await deployment.start(EAST, undefined, { store });
  await deployment.clock.settle();
});
afterEach(() => deployment.close());

/** Refuses every receipt, as the region itself would. */
const refusing = (region: string): Weather => ({
  kind: "says",
  answer: (request) => {
    if (request.method !== "POST") return undefined;
    const headers = formatIdentification({ from: deployment.manager(region).introduction(), seen: undefined });
    const type = "urn:receipt-sync:problem:invalid-receipt";
    return { status: 422, headers, body: JSON.stringify({ type, title: "no", status: 422, detail: "no" }) };
  },
});

async function refusedBy(region: string, count: number): Promise<void> {
  deployment.setWeather(region, refusing(region));
  for (const each of receipts(count)) {
    await manager.syncReceipt(each, { waitFor: "none" });
    // Each travels alone: only of a single receipt is this answer a refusal.
    await deployment.clock.settle();
  }
  await deployment.clock.advance(1_000);
  expect(await deployment.report(EAST, region)).toMatchObject({ deadLetters: count, missing: 0 });
}

const one = { kind: "one", regionId: WEST, receiptId: "rec-1" } as const;
const everything = { kind: "all" } as const;
const statuses = async () => (await store.deadLetters({ limit: 99 })).map(({ status }) => status);
const holds = (region: string, receiptId: string) => deployment.store(region).get(receiptId);

describe("a replay", () => {
  it("that is acknowledged resolves the dead letter, and the receipt is where it belongs", async () => {
    await refusedBy(WEST, 2);
    deployment.setWeather(WEST, FAIR);
    expect(await manager.replayDeadLetters(one)).toMatchObject({ count: 1, resolved: 1, refused: 0, waiting: 0 });
    expect(await statuses()).toEqual(["resolved", "open"]);
    expect(await holds(WEST, "rec-1")).toBeDefined();
    expect(await deployment.report(EAST, WEST)).toMatchObject({ deadLetters: 1 });
    const inAll = { quorum: { threshold: 2, of: [{ region: EAST }, { region: WEST }] }, waitFor: "none" } as const;
    expect(await manager.awaitQuorum("rec-2", inAll)).toMatchObject({ outcome: "refused" });
    expect(await manager.awaitQuorum("rec-1", inAll)).toMatchObject({ outcome: "pending" });
    await expect(manager.replayDeadLetters(one)).rejects.toMatchObject({ kind: "not-found" });
  });

  it("that is refused buries it again with the new reason, and keeps when it first was", async () => {
    await refusedBy(WEST, 1);
    const [before] = await store.deadLetters({ limit: 1 });
    await deployment.clock.advance(60_000);
    expect(await manager.replayDeadLetters(everything)).toMatchObject({
      count: 1,
      resolved: 0,
      refused: 1,
      waiting: 0,
    });
    const [after] = await store.deadLetters({ limit: 1 });
    expect(after).toMatchObject({ status: "open", kind: "refused", firstBuriedAt: before?.buriedAt });
    expect(after?.buriedAt).not.toBe(before?.buriedAt);
  });

  it("has not ended before its dead letter says so, however long the disk takes", async () => {
    await refusedBy(WEST, 1);
    await deployment.stop(EAST);
    const { clock } = deployment;
    const slowly = () => new Promise<void>((resolve) => void clock.schedule(300, resolve));
    const slow: ReceiptStore = { ...store, bury: (burials) => slowly().then(() => store.bury(burials)) };
    manager = await deployment.start(EAST, undefined, { store: slow });
    await clock.advance(1_000);
    const replaying = manager.replayDeadLetters(one);
    await clock.advance(1_000);
    expect(await replaying).toMatchObject({ refused: 1, waiting: 0 });
  });

  it("of a region that is away waits no longer than asked, and happens once it is back", async () => {
    await refusedBy(WEST, 3);
    deployment.setWeather(WEST, DOWN);
    await manager.syncReceipt(receipt("late"), { waitFor: "none" });
    await deployment.clock.advance(1_000);
    const replaying = manager.replayDeadLetters(everything, { timeout: "5s" });
    await deployment.clock.advance(5_000);
    expect(await replaying).toMatchObject({ count: 3, resolved: 0, refused: 0, waiting: 3 });
    expect(await statuses()).toEqual(["open", "open", "open"]);
    deployment.setWeather(WEST, FAIR);
    await deployment.clock.advance(60_000);
    expect(await statuses()).toEqual(["resolved", "resolved", "resolved"]);
  });

  it("of one region waits for no other", async () => {
    await refusedBy(EU, 2);
    deployment.setWeather(EU, FAIR);
    const [letter] = await store.deadLetters({ limit: 1 });
    if (letter === undefined) throw new Error("nothing was buried");
    const { storeId } = deployment.store(WEST).introduction().store;
    deployment.setWeather(WEST, DOWN);
    await manager.syncReceipt(receipt("late"), { waitFor: "none" });
    await store.bury([{ ...letter, regionId: WEST, storeId }]);
    const replaying = manager.replayDeadLetters(everything, { timeout: "5s" });
    await deployment.clock.advance(5_000);
    expect(await replaying).toMatchObject({ count: 3, resolved: 2, waiting: 1 });
  });

  it("opens what was discarded again before anything is sent, so that a refusal is news", async () => {
    await refusedBy(WEST, 1);
    await manager.discardDeadLetters(everything);
    expect((await manager.replayDeadLetters(everything)).count).toBe(0);
    const replaying = manager.replayDeadLetters(one);
    await deployment.clock.settle();
    expect(await replaying).toMatchObject({ refused: 1 });
    expect(await statuses()).toEqual(["open"]);
    await manager.discardDeadLetters(everything);
    deployment.setWeather(WEST, FAIR);
    expect(await manager.replayDeadLetters(one)).toMatchObject({ resolved: 1 });
  });

  it("only tells which where it is a dry run", async () => {
    await refusedBy(WEST, 2);
    await manager.discardDeadLetters(one);
    const pushes = deployment.network.pushes(WEST).length;
    const would = await manager.replayDeadLetters(one, { dryRun: true });
    expect(would).toMatchObject({ dryRun: true, count: 1, resolved: 0, refused: 0, waiting: 1 });
    expect((await manager.replayDeadLetters(everything, { dryRun: true })).count).toBe(1);
    await deployment.clock.advance(1_000);
    expect(deployment.network.pushes(WEST)).toHaveLength(pushes);
    expect(await statuses()).toEqual(["discarded", "open"]);
  });

  it("replays more than are kept in memory at once", async () => {
    await refusedBy(WEST, 600);
    deployment.setWeather(WEST, FAIR);
    const replaying = manager.replayDeadLetters({ kind: "all", regionId: WEST, letterKind: "refused" });
    await deployment.clock.advance(1_000);
    expect(await replaying).toMatchObject({ count: 600, resolved: 600 });
    expect((await manager.replayDeadLetters(everything)).count).toBe(0);
  });

  it("goes on under another configuration, and ends with its region's lane or the manager", async () => {
    await refusedBy(WEST, 2);
    deployment.setWeather(WEST, DOWN);
    await manager.syncReceipt(receipt("late"), { waitFor: "none" });
    await deployment.clock.advance(1_000);
    const replaying = manager.replayDeadLetters(everything, { timeout: "10m" });
    await deployment.clock.settle();
    await manager.reconfigure(deployment.config(EAST, [WEST, EU], { maxRetries: 5 }));
    deployment.setWeather(WEST, FAIR);
    await deployment.clock.advance(60_000);
    expect(await replaying).toMatchObject({ resolved: 2 });
    await store.bury((await store.deadLetters({ limit: 9 })).map((letter) => ({ ...letter })));
    deployment.setWeather(WEST, DOWN);
    await manager.syncReceipt(receipt("later"), { waitFor: "none" });
    await deployment.clock.advance(1_000);
    const ending = manager.replayDeadLetters(everything, { timeout: "10m" });
    await deployment.clock.settle();
    await deployment.stop(EAST);
    expect(await ending).toMatchObject({ count: 2, resolved: 0, waiting: 2 });
  });

  it("can be abandoned, and is refused where nothing is sent", async () => {
    await refusedBy(WEST, 1);
    deployment.setWeather(WEST, { kind: "hang" });
    const controller = new AbortController();
    const replaying = manager.replayDeadLetters(everything, { signal: controller.signal });
    await deployment.clock.settle();
    controller.abort(new Error("enough"));
    await expect(replaying).rejects.toThrow("enough");
    await expect(manager.replayDeadLetters(everything, { timeout: "soon" })).rejects.toMatchObject({
      option: "timeout",
    });
    await manager.reconfigure(deployment.config(EAST, [WEST, EU], { crossRegionSyncEnabled: false }));
    await expect(manager.replayDeadLetters(everything)).rejects.toMatchObject({ option: "selection" });
  });
});

describe("poison", () => {
  const hour = 3_600_000;

  async function parked(): Promise<void> {
    await refusedBy(WEST, 2);
    const [first] = await store.deadLetters({ limit: 1 });
    if (first === undefined) throw new Error("nothing was buried");
    await store.bury([{ ...first, kind: "poison" }]);
  }

  it("is sent once more every hour until the region takes it; what was refused or discarded is not", async () => {
    await parked();
    await deployment.clock.advance(60_000);
    const before = deployment.network.pushes(WEST).length;
    await deployment.clock.advance(hour);
    expect(deployment.network.pushes(WEST).length).toBe(before);
    const [letter] = await store.deadLetters({ limit: 1 });
    expect(letter).toMatchObject({ kind: "refused" });
    await store.bury([{ ...(letter as Burial), kind: "poison" }]);
    deployment.setWeather(WEST, status(500));
    await deployment.clock.advance(hour);
    expect(await store.deadLetters({ kind: "poison", limit: 9 })).toMatchObject([{ status: "open" }]);
    deployment.setWeather(WEST, FAIR);
    await deployment.clock.advance(hour);
    expect(await statuses()).toEqual(["resolved", "open"]);
    const after = deployment.network.pushes(WEST).length;
    await deployment.clock.advance(2 * hour);
    expect(deployment.network.pushes(WEST).length).toBe(after);
  });

  it("is tried again soon after a start, and left alone once it was discarded", async () => {
    await parked();
    await deployment.stop(EAST);
    deployment.setWeather(WEST, FAIR);
    manager = await deployment.start(EAST, undefined, { store });
    await deployment.clock.advance(60_000);
    expect(await statuses()).toEqual(["resolved", "open"]);
    const [, second] = await store.deadLetters({ limit: 2 });
    await store.bury([{ ...(second as Burial), kind: "poison" }]);
    await manager.discardDeadLetters(everything);
    await deployment.clock.advance(2 * hour);
    expect(await statuses()).toEqual(["resolved", "discarded"]);
  });
});
