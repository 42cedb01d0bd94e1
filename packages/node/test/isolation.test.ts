/** One bad region hurts nobody (I9), and lower priority numbers come first (DESIGN §5): both exactly, in virtual time. */
import type { ConfigInput } from "@rsync/core";
import type { ManagerParts } from "@rsync/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, REGIONS, receipt, receipts, WEST } from "./loopback-deployment.ts";
import { DOWN, status, stumblesOver, type Weather } from "./loopback-network.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

const ASIA = "ap-south-1";
const ALL = [...REGIONS, ASIA];
const SLOW_MS = 10;

/** A stream of calls, some alone and some many at once; what each ended with, and when, but for the region under test. */
async function run(weather: Weather, laneLimits: ManagerParts["laneLimits"] = {}) {
  const world = new LoopbackDeployment();
  for (const region of ALL) {
    const others = ALL.filter((other) => other !== region);
    await world.start(region, others, { config: { quorumThreshold: 2 }, parts: { laneLimits } });
  }
  await world.clock.settle();
  world.setWeather(WEST, { kind: "slow", delayMs: SLOW_MS });
  world.setWeather(EU, { kind: "slow", delayMs: 2 * SLOW_MS });
  world.setWeather(ASIA, weather);
  const told: unknown[] = [];
  const calls: Promise<unknown>[] = [];
  for (let round = 0; round < 100; round += 1) {
    const many = receipts(1 + (round % 7) * 5, round * 100);
    for (const each of many) {
      const call = world.manager(EAST).syncReceipt(each, { quorum: 3, timeout: "3s" });
      calls.push(
        call.then(({ receiptId, outcome, syncedRegions, regions }) => {
          const others = regions.filter(({ regionId }) => regionId !== ASIA);
          told.push([world.clock.monotonicMs(), receiptId, outcome, syncedRegions, others]);
        }),
      );
    }
    await world.clock.advance(7);
  }
  await world.clock.advance(5_000);
  await Promise.all(calls);
  const sent = world.network.requests
    .filter(({ from, to, method }) => from === EAST && (to === WEST || to === EU) && method === "POST")
    .map(({ atMs, to, path, body }) => [atMs, to, path, body]);
  await world.close();
  return { told, sent };
}

describe("a region at 1 % of the others' speed, or worse", () => {
  it.each<readonly [string, Weather]>([
    ["at 1 %", { kind: "slow", delayMs: 100 * 2 * SLOW_MS }],
    ["down", DOWN],
    ["hanging", { kind: "hang" }],
    ["overloaded", status(503, 2_000)],
    ["refusing us", status(401)],
    ["losing its replies", { kind: "replyLost" }],
    ["stumbling over every receipt", stumblesOver(receipts(10_000, 0).map(({ receiptId }) => receiptId))],
  ])("changes neither a verdict, nor a latency, nor a request of the others: %s", async (_, weather) => {
    const expected = await run({ kind: "slow", delayMs: 2 * SLOW_MS });
    expect(expected.told.length).toBeGreaterThan(1_000);
    const found = await run(weather);
    expect(found.told).toEqual(expected.told);
    expect(found.sent).toEqual(expected.sent);
  });
});

describe("where all regions share a limit of requests", () => {
  /** East sends to three regions at once with ever so many receipts waiting, one in each request. */
  async function start(requestsInFlightMax: number, weather: Weather, windowMax = 4): Promise<void> {
    const regions: ConfigInput["regions"] = [WEST, EU, ASIA].map((regionId, index) => ({
      regionId,
      endpoint: `http://${regionId}.example`,
      priority: [5, 1, 3][index] ?? 0,
    }));
    for (const region of [WEST, EU, ASIA]) {
      await deployment.start(region, [EAST]);
      deployment.setWeather(region, weather);
    }
    const parts = { laneLimits: { requestsInFlightMax, windowMax, batchReceiptsMax: 1 } };
    await deployment.start(EAST, [], { config: { regions }, parts });
    deployment.network.requests.length = 0;
  }

  /** Requests to each region that are on their way at a moment. */
  const inFlight = async () => {
    const { regions } = await deployment.manager(EAST).metrics();
    return regions.map(({ requestsInFlight }) => requestsInFlight);
  };

  it("no more are in flight than it says, but for the one that every region may have", async () => {
    await start(12, { kind: "slow", delayMs: 100 }, 8);
    await deployment.manager(EAST).syncReceipts(receipts(200), { waitFor: "none" });
    expect(await inFlight()).toEqual([1, 8, 4]);
    for (let round = 0; round < 60; round += 1) {
      const shared = (await inFlight()).filter((count) => count > 1);
      expect(shared.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(12);
      await deployment.clock.advance(25);
    }
  });

  it("those of the lowest priority number go first, and every region still gets its turn", async () => {
    await start(6, { kind: "slow", delayMs: 100 });
    await deployment.manager(EAST).syncReceipts(receipts(40), { waitFor: "none" });
    const sent = (region: string): number => deployment.network.pushes(region).length;
    await deployment.clock.advance(950);
    // Four at a time to Europe, which is its window; one each to the others.
    expect([sent(EU), sent(ASIA), sent(WEST)]).toEqual([40, 11, 10]);
    await deployment.clock.advance(100);
    // Then Asia has its window, and West what is left.
    expect(await inFlight()).toEqual([2, 0, 4]);
    await deployment.clock.advance(4_000);
    for (const region of [WEST, EU, ASIA]) expect((await deployment.store(region).count()).rows).toBe(40);
  });

  it("a region that hangs takes from the others their speed at most, never their turn", async () => {
    await start(4, { kind: "slow", delayMs: 10 });
    deployment.setWeather(EU, { kind: "hang" });
    await deployment.manager(EAST).syncReceipts(receipts(50), { waitFor: "none" });
    await deployment.clock.advance(1_000);
    for (const region of [WEST, ASIA]) expect((await deployment.store(region).count()).rows).toBe(50);
  });

  it("even a limit of one lets every region have one", async () => {
    await start(1, { kind: "slow", delayMs: 10 });
    await deployment.manager(EAST).syncReceipts(receipts(20), { waitFor: "none" });
    expect(await inFlight()).toEqual([1, 1, 1]);
    await deployment.clock.advance(1_000);
    for (const region of [WEST, EU, ASIA]) expect((await deployment.store(region).count()).rows).toBe(20);
  });

  it("one limit is no limit where nothing is near it", async () => {
    await start(64, { kind: "slow", delayMs: 10 });
    await deployment.manager(EAST).syncReceipts(receipts(20), { waitFor: "none" });
    expect(await inFlight()).toEqual([4, 4, 4]);
    expect(await deployment.manager(EAST).get("rec-1")).toMatchObject({ record: receipt(1) });
  });
});
