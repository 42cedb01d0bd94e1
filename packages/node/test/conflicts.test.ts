import type { ReceiptStore } from "@rsync/core";
import { ReceiptNotFoundError } from "@rsync/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, outliving, receipt, WEST } from "./loopback-deployment.ts";
import { DOWN, FAIR } from "./loopback-network.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

const OTHER = { ticks: 7 };

/** `regions` hold other content under `rec-1`, and EAST does not know it. */
async function otherContentAt(...regions: readonly string[]) {
  const manager = await deployment.startAll();
  await deployment.clock.advance(2_000);
  for (const region of [EAST, WEST, EU]) deployment.setWeather(region, DOWN);
  for (const region of regions) await deployment.manager(region).syncReceipt(receipt(1, OTHER), { waitFor: "none" });
  for (const region of [WEST, EU]) deployment.setWeather(region, FAIR);
  return manager;
}

describe("the same id with other content (I4)", () => {
  it("at one region: refused by it with both digests, committed by the others, named in its dead letters", async () => {
    const manager = await otherContentAt(EU);
    const events: unknown[] = [];
    manager.on("buried", (event) => events.push(event));
    const result = await manager.syncReceipt(receipt(1), { waitFor: "all" });
    expect(result).toMatchObject({ outcome: "committed", syncedRegions: 2 });
    expect(result.regions[2]).toMatchObject({ vote: "refused", error: { kind: "status", status: 409 } });
    expect(result.regions[2]?.error?.message).toContain(result.digest);
    await deployment.clock.settle();
    expect(events).toEqual([{ regionId: EU, receiptId: "rec-1", digest: result.digest, kind: "refused" }]);
    expect(await deployment.report(EAST, EU)).toMatchObject({ deadLetters: 1, missing: 0, health: "healthy" });
    const [letter] = await deployment.store(EAST).deadLetters({ regionId: EU, limit: 9 });
    expect(letter).toMatchObject({ receiptId: "rec-1", attempts: 1, fault: { status: 409 }, committed: true });
    const [conflict] = await deployment.store(EU).conflicts({ receiptId: "rec-1", limit: 9 });
    expect(conflict?.offered.digest).toBe(result.digest);
    expect((await deployment.store(EU).get("rec-1"))?.record.ticks).toBe(7);
  });

  it("at so many regions that it can not become committed: refused, and said by inspect and awaitQuorum too", async () => {
    const manager = await otherContentAt(WEST, EU);
    const result = await manager.syncReceipt(receipt(1));
    expect(result).toMatchObject({ outcome: "refused", syncedRegions: 1, quorumAchieved: false });
    expect(await manager.verifyQuorum("rec-1")).toBe(false);
    const { regions, verdict } = await manager.inspect("rec-1");
    expect(regions.map(({ finding }) => finding)).toEqual(["same", "different", "different"]);
    expect(verdict).toBe("pending");
    await deployment.clock.settle();
    expect(await manager.awaitQuorum("rec-1")).toMatchObject({ outcome: "refused" });
  });

  it("a refusal that was buried is remembered over a restart", async () => {
    const store = outliving(deployment.freshStore(EAST));
    await deployment.start(WEST);
    await deployment.start(EU);
    for (const region of [EAST, WEST, EU]) deployment.setWeather(region, DOWN);
    for (const region of [WEST, EU])
      await deployment.manager(region).syncReceipt(receipt(1, OTHER), { waitFor: "none" });
    for (const region of [WEST, EU]) deployment.setWeather(region, FAIR);
    const first = await deployment.start(EAST, undefined, { store });
    expect(await first.syncReceipt(receipt(1))).toMatchObject({ outcome: "refused" });
    await deployment.clock.advance(1_000);
    await deployment.stop(EAST);
    const second = await deployment.start(EAST, undefined, { store });
    expect(await second.awaitQuorum("rec-1")).toMatchObject({ outcome: "refused", syncedRegions: 1 });
  });

  it("here: refused without sending anything, with an event, and kept as evidence", async () => {
    const manager = await deployment.startAll();
    const { digest: held } = await manager.syncReceipt(receipt(1), { waitFor: "all" });
    const before = deployment.network.requests.length;
    const events: unknown[] = [];
    manager.on("conflict", (event) => events.push(event));
    const result = await manager.syncReceipt(receipt(1, OTHER));
    expect(result).toMatchObject({ outcome: "refused", totalRegions: 3, syncedRegions: 0 });
    expect(result.errors).toEqual([[EAST, expect.objectContaining({ kind: "different" })]]);
    expect(events).toEqual([{ receiptId: "rec-1", heldDigest: held, offeredDigest: result.digest }]);
    expect(deployment.network.requests.length).toBe(before);
    expect(await manager.awaitQuorum("rec-1", { digest: result.digest })).toMatchObject({ outcome: "refused" });
    expect(await manager.awaitQuorum("rec-1", { digest: held })).toMatchObject({ outcome: "committed" });
  });

  it("a refusal whose dead letter can not be written yet holds the cursor back (I2)", async () => {
    const plain = deployment.freshStore(EAST);
    let writable = false;
    const bury: ReceiptStore["bury"] = async (letters) => {
      if (!writable) throw new Error("disk full");
      await plain.bury(letters);
    };
    await deployment.start(EU);
    deployment.setWeather(EAST, DOWN);
    await deployment.manager(EU).syncReceipt(receipt(1, OTHER), { waitFor: "none" });
    const manager = await deployment.start(EAST, [EU], { store: { ...plain, bury } });
    expect(await manager.syncReceipt(receipt(1))).toMatchObject({ outcome: "refused" });
    await deployment.clock.advance(5_000);
    expect(await deployment.report(EAST, EU)).toMatchObject({ missing: 1, deadLetters: 0 });
    writable = true;
    await deployment.clock.advance(1_000);
    expect(await deployment.report(EAST, EU)).toMatchObject({ missing: 0, deadLetters: 1 });
    expect(deployment.network.pushes(EU)).toHaveLength(1);
  });

  it("refused by somebody who does not introduce himself is the link's fault", async () => {
    const manager = await deployment.startAll();
    await manager.syncReceipt(receipt(0), { waitFor: "all" });
    const type = "urn:receipt-sync:problem:conflict";
    const body = JSON.stringify({ type, title: "no", status: 409, detail: "no" });
    for (const region of [WEST, EU]) {
      deployment.setWeather(region, { kind: "says", answer: () => ({ status: 409, headers: {}, body }) });
    }
    const syncing = manager.syncReceipt(receipt(1));
    await deployment.clock.advance(10_000);
    expect(await syncing).toMatchObject({ outcome: "pending" });
    expect((await deployment.report(EAST, WEST)).deadLetters).toBe(0);
    deployment.clearWeather();
    await deployment.clock.advance(30_000);
    expect(await manager.verifyQuorum("rec-1")).toBe(true);
  });
});

describe("awaitQuorum", () => {
  it("judges a foreign row by asking, here and after a restart", async () => {
    await deployment.startAll();
    await deployment.manager(WEST).syncReceipt(receipt(1), { waitFor: "all" });
    const result = await deployment.manager(EAST).awaitQuorum("rec-1", { waitFor: "all" });
    expect(result).toMatchObject({ outcome: "committed", syncedRegions: 3 });
    expect(deployment.network.pushes(EU)).toHaveLength(1);
  });

  it("of a foreign row ends when nobody can be asked any more", async () => {
    await deployment.startAll();
    await deployment.manager(WEST).syncReceipt(receipt(1), { waitFor: "all" });
    for (const region of [WEST, EU]) deployment.setWeather(region, DOWN);
    const waiting = deployment.manager(EAST).awaitQuorum("rec-1");
    await deployment.clock.advance(7_000);
    expect(await waiting).toMatchObject({ outcome: "pending", syncedRegions: 1 });
  });

  it("waits for a region that does not have it yet", async () => {
    await deployment.startAll();
    deployment.setWeather(EU, DOWN);
    deployment.setWeather(EAST, DOWN);
    await deployment.manager(WEST).syncReceipt(receipt(1), { waitFor: "none" });
    for (const region of [EAST, EU]) deployment.setWeather(region, FAIR);
    await deployment.clock.advance(1_000);
    deployment.setWeather(EU, DOWN);
    const waiting = deployment.manager(EAST).awaitQuorum("rec-1", { quorum: "all" });
    await deployment.clock.advance(2_500);
    deployment.setWeather(EU, FAIR);
    await deployment.clock.advance(10_000);
    expect(await waiting).toMatchObject({ outcome: "committed", syncedRegions: 3 });
  });

  it("knows neither what nobody stored nor a state that is not held", async () => {
    const manager = await deployment.startAll();
    const { digest } = await manager.syncReceipt(receipt(1, { committed: false }));
    await expect(manager.awaitQuorum("rec-2")).rejects.toBeInstanceOf(ReceiptNotFoundError);
    await expect(manager.awaitQuorum("rec-2")).rejects.toThrow("region us-east-1 holds no receipt with this id");
    await expect(manager.awaitQuorum("rec-1", { committed: true })).rejects.toThrow("not with committed true");
    await expect(manager.awaitQuorum("rec-1", { digest: "f".repeat(64) })).rejects.toThrow(`digest ${digest}`);
    expect(await manager.awaitQuorum("rec-1", { committed: false })).toMatchObject({ outcome: "committed" });
  });

  it("with waitFor none tells what is known now", async () => {
    const manager = await deployment.startAll();
    await manager.syncReceipt(receipt(1), { waitFor: "all" });
    expect(await manager.awaitQuorum("rec-1", { waitFor: "none" })).toMatchObject({
      outcome: "pending",
      syncedRegions: 1,
    });
  });
});

describe("inspect", () => {
  it("where nothing is held here, judges what most others hold; nobody's word is taken from memory", async () => {
    await deployment.startAll();
    deployment.setWeather(EAST, DOWN);
    await deployment.manager(WEST).syncReceipt(receipt(1), { waitFor: "none" });
    await deployment.clock.settle();
    const inspection = await deployment.manager(EAST).inspect("rec-1");
    expect(inspection.regions.map(({ finding }) => finding)).toEqual(["absent", "same", "same"]);
    expect(inspection).toMatchObject({ quorumAchieved: true, confirmedRegions: 2 });
    const reads = deployment.network.reads(WEST).length;
    await deployment.manager(EAST).inspect("rec-1");
    expect(deployment.network.reads(WEST).length).toBe(reads + 1);
  });

  it("compares with the content and state asked for", async () => {
    const manager = await deployment.startAll();
    await manager.syncReceipt(receipt(1, { committed: false }), { waitFor: "all" });
    const other = await manager.inspect("rec-1", { digest: "f".repeat(64) });
    expect(other.regions.map(({ finding }) => finding)).toEqual(["different", "different", "different"]);
    const stronger = await manager.inspect("rec-1", { committed: true });
    expect(stronger).toMatchObject({ quorumAchieved: false, confirmedRegions: 0 });
    expect(await manager.verifyQuorum("rec-1")).toBe(true);
  });

  it("says what an own store that can not be read, and regions that can not be reached, are worth", async () => {
    const plain = deployment.freshStore(EAST);
    const get: ReceiptStore["get"] = async () => {
      throw new Error("unreadable");
    };
    await deployment.start(WEST);
    const manager = await deployment.start(EAST, [WEST, EU], { store: { ...plain, get } });
    await manager.syncReceipt(receipt(1));
    const { regions } = await manager.inspect("rec-1");
    expect(regions.map(({ finding }) => finding)).toEqual(["unreachable", "same", "unreachable"]);
    expect(regions[0]?.error?.message).toContain("unreadable");
  });

  it("ends with the reason of its signal", async () => {
    const manager = await deployment.startAll();
    deployment.setWeather(WEST, { kind: "hang" });
    const controller = new AbortController();
    const inspecting = manager.inspect("rec-1", { signal: controller.signal });
    await deployment.clock.settle();
    controller.abort(new Error("enough"));
    await expect(inspecting).rejects.toThrow("enough");
  });
});
