import type { Logger } from "@rsync/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, receipt, WEST } from "./loopback-deployment.ts";
import { DOWN, FAIR } from "./loopback-network.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

const throwing: Logger = () => {
  throw new Error("the disk of the log is full");
};

describe("a logger that throws", () => {
  it("costs no delivery (I2): not at the submission, not while a region is away, not when it is back", async () => {
    await deployment.start(WEST);
    await deployment.start(EU);
    const manager = await deployment.start(EAST, undefined, { parts: { logger: throwing, receiptLogger: throwing } });
    deployment.setWeather(EU, DOWN);
    expect(await manager.syncReceipt(receipt(1))).toMatchObject({ outcome: "committed" });
    await deployment.clock.advance(30_000);
    deployment.setWeather(EU, FAIR);
    await deployment.clock.advance(60_000);
    expect(await manager.inspect("rec-1")).toMatchObject({ confirmedRegions: 3 });
    expect((await manager.getSyncStatus()).map(({ missing }) => missing)).toEqual([0, 0]);
  });
});
