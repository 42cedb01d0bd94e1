/** A region counts only if whoever answers for it knows, and heeds, what is remembered of it (I2, DESIGN §9). */
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReceiptStore } from "@rsync/core";
import { sqliteStore } from "@rsync/store-sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, receipt, receipts, WEST } from "./loopback-deployment.ts";
import { DOWN, FAIR } from "./loopback-network.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

/** Others send to it, and it has nobody in its configuration. */
async function startKnowingNobody(region: string, store?: ReceiptStore): Promise<void> {
  const config = { crossRegionSyncEnabled: false, quorumThreshold: 1 };
  await deployment.start(region, [], { config, ...(store === undefined ? {} : { store }) });
}

describe("a region that does not know who sends to it", () => {
  it("does not confirm other content after it lost its disk", async () => {
    await startKnowingNobody(EU);
    const east = await deployment.start(EAST);
    const west = await deployment.start(WEST);
    await deployment.clock.settle();
    deployment.setWeather(WEST, DOWN);
    expect(await east.syncReceipt(receipt(1))).toMatchObject({ outcome: "committed" });
    deployment.setWeather(EAST, DOWN);
    await deployment.stop(EU);
    await startKnowingNobody(EU);
    const other = west.syncReceipt(receipt(1, { ticks: 7 }), { timeout: "1m" });
    await deployment.clock.advance(60_000);
    expect(await other).toMatchObject({ outcome: "pending", syncedRegions: 1 });
    expect(await deployment.report(WEST, EU)).toMatchObject({ health: "paused" });
    const said = deployment.messages(EU, "warn").filter((message) => message.includes("is not configured here"));
    expect(said.length).toBeGreaterThanOrEqual(1);
    expect(said.length).toBeLessThanOrEqual(2);
  });

  it("is not taken for complete when it was restored, nor asked without end", async () => {
    const folder = await mkdtemp(join(tmpdir(), "rsync-node-"));
    await mkdir(join(folder, "log"));
    const open = () => sqliteStore(join(folder, "log", "receipts.db"), { regionId: EU });
    await startKnowingNobody(EU, await open());
    const east = await deployment.start(EAST, [EU]);
    await Promise.all(receipts(3).map((each) => east.syncReceipt(each)));
    await deployment.stop(EU);
    await cp(join(folder, "log"), join(folder, "copy"), { recursive: true });
    await startKnowingNobody(EU, await open());
    await Promise.all(receipts(3, 4).map((each) => east.syncReceipt(each)));
    await deployment.clock.advance(2_000);
    await deployment.stop(EU);
    await rm(join(folder, "log"), { recursive: true });
    await cp(join(folder, "copy"), join(folder, "log"), { recursive: true });
    await startKnowingNobody(EU, await open());
    const reasons: string[] = [];
    east.on("regionPaused", ({ reason }) => reasons.push(reason));
    await east.syncReceipt(receipt(7), { waitFor: "none" });
    await deployment.clock.settleUntil(() => reasons.length > 0);
    expect(reasons[0]).toContain("store");
    const asked = deployment.network.requests.length;
    for (let second = 0; second < 60; second += 1) await deployment.clock.advance(1_000);
    expect(deployment.network.requests.length - asked).toBeLessThanOrEqual(8);
    expect((await east.inspect("rec-7")).quorumAchieved).toBe(false);
    await rm(folder, { recursive: true });
  });
});

describe("a word from before its store heard that it lacks something", () => {
  it("does not count when it comes late", async () => {
    await deployment.start(EU);
    const west = await deployment.start(WEST);
    await west.syncReceipt(receipt(9));
    await deployment.clock.advance(2_000);
    await deployment.stop(EU);
    deployment.setWeather(EU, DOWN);
    deployment.setWeather(WEST, DOWN);
    await deployment.start(EU);
    deployment.setWeather(EU, { kind: "slow", delayMs: 3_000 });
    const east = await deployment.start(EAST);
    const first = east.syncReceipt(receipt(1), { timeout: "30s" });
    await deployment.clock.settle();
    expect(deployment.manager(EU).introduction().refilling).toBe(false);
    deployment.setWeather(EU, FAIR);
    await west.inspect("rec-9");
    expect(deployment.manager(EU).introduction().refilling).toBe(true);
    await east.syncReceipt(receipt(2), { timeout: "1s", waitFor: "none" });
    await deployment.clock.advance(30_000);
    expect(await first).toMatchObject({ outcome: "pending", syncedRegions: 1 });
    expect(await deployment.report(EAST, EU)).toMatchObject({ refilling: true, missing: 0 });
  });
});
