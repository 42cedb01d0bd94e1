import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LoopbackDeployment, receipt } from "./loopback-deployment.ts";
import { DOWN } from "./loopback-network.ts";

const REGIONS = ["us-east-1", "us-west-1", "eu-west-1"] as const;

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

async function startAll(config = {}) {
  for (const region of REGIONS) {
    await deployment.start(
      region,
      REGIONS.filter((other) => other !== region),
      { config },
    );
  }
  const manager = deployment.managers.get("us-east-1");
  if (manager === undefined) throw new Error("not started");
  return manager;
}

describe("syncReceipt", () => {
  it("is committed when a quorum holds the receipt", async () => {
    const manager = await startAll();
    const result = await manager.syncReceipt(receipt(123));
    expect(result).toMatchObject({ outcome: "committed", quorumAchieved: true, totalRegions: 3, errors: [] });
    expect(result.syncedRegions).toBeGreaterThanOrEqual(2);
  });

  it("returns as soon as two have it while the third hangs for its whole timeout", async () => {
    const manager = await startAll();
    deployment.setWeather("eu-west-1", { kind: "hang" });
    const result = await manager.syncReceipt(receipt(1));
    expect(deployment.clock.monotonicMs()).toBe(0);
    expect(result).toMatchObject({ outcome: "committed", syncedRegions: 2 });
    expect(result.regions.find(({ regionId }) => regionId === "eu-west-1")).toMatchObject({ vote: "pending" });
  });

  it('reports the hanging region\'s error with waitFor "all"', async () => {
    const manager = await startAll();
    deployment.setWeather("eu-west-1", { kind: "hang" });
    const syncing = manager.syncReceipt(receipt(1), { waitFor: "all" });
    await deployment.clock.advance(60_000);
    const result = await syncing;
    expect(result).toMatchObject({ outcome: "committed", syncedRegions: 2 });
    expect(result.errors.map(([region, error]) => [region, error.kind])).toEqual([["eu-west-1", "timeout"]]);
  });

  it("is pending, not refused, when the others are away, and delivered when they come back", async () => {
    const manager = await startAll();
    deployment.setWeather("us-west-1", DOWN);
    deployment.setWeather("eu-west-1", DOWN);
    const syncing = manager.syncReceipt(receipt(1));
    await deployment.clock.advance(60_000);
    expect(await syncing).toMatchObject({ outcome: "pending", quorumAchieved: false, syncedRegions: 1 });
    deployment.setWeather("us-west-1", { kind: "fair" });
    deployment.setWeather("eu-west-1", { kind: "fair" });
    await deployment.clock.advance(60_000);
    expect(await manager.inspect("rec-1")).toMatchObject({ verdict: "satisfied", confirmedRegions: 3 });
    expect((await manager.getSyncStatus()).map(({ missing }) => missing)).toEqual([0, 0]);
  });
});
