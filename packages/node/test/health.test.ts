/** Whether a receipt could commit now, also where nobody has tried for a while. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, receipt, WEST } from "./loopback-deployment.ts";
import { DOWN, FAIR, status } from "./loopback-network.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

const healthOf = (region: string) => deployment.manager(region).getHealthStatus();

it("not with regions that are gone, although nothing is sent to them; and again once they are back", async () => {
  await deployment.startAll();
  for (const region of [WEST, EU]) deployment.setWeather(region, DOWN);
  await deployment.clock.advance(60_000);
  expect(await healthOf(EAST)).toEqual([0, 2, false]);
  deployment.setWeather(WEST, FAIR);
  await deployment.clock.advance(31_000);
  expect(await healthOf(EAST)).toEqual([1, 2, true]);
});

it("not with regions that never were there", async () => {
  await deployment.start(EAST);
  await deployment.clock.advance(10_000);
  expect(await healthOf(EAST)).toEqual([0, 2, false]);
});

it("not with regions that refuse us altogether", async () => {
  const manager = await deployment.startAll();
  for (const region of [WEST, EU]) deployment.setWeather(region, status(401));
  await manager.syncReceipt(receipt(1), { waitFor: "none" });
  await deployment.clock.advance(1_000);
  expect(await healthOf(EAST)).toEqual([0, 2, false]);
});

it("not with stores that do not vote for now, the own one included", async () => {
  const manager = await deployment.startAll({ quorumThreshold: 3 });
  await manager.syncReceipt(receipt(1), { waitFor: "all" });
  await deployment.clock.advance(2_000);
  await deployment.stop(EU);
  await deployment.start(EU, undefined, { config: { quorumThreshold: 3 } });
  await deployment.clock.advance(5_000);
  expect(await healthOf(EAST)).toEqual([1, 2, false]);
  expect(await healthOf(EU)).toEqual([2, 2, false]);
  await deployment.manager(EU).acceptLoss();
  await deployment.clock.advance(31_000);
  expect(await healthOf(EAST)).toEqual([2, 2, true]);
  expect(await healthOf(EU)).toEqual([2, 2, true]);
});

it("with regions that take receipts again, before they are greeted again; and where greetings alone fail", async () => {
  const manager = await deployment.startAll();
  for (const region of [WEST, EU]) deployment.setWeather(region, DOWN);
  await deployment.clock.advance(300_000);
  const noDescription = (answered: boolean) => ({
    kind: "says" as const,
    answer: ({ method }: { readonly method: string }) =>
      method === "GET" && !answered ? { status: 500, headers: {}, body: "" } : undefined,
  });
  for (const region of [WEST, EU]) deployment.setWeather(region, noDescription(false));
  expect(await manager.syncReceipt(receipt(1))).toMatchObject({ outcome: "committed" });
  expect((await healthOf(EAST))[2]).toBe(true);
});

it("not with regions that refuse our greetings, although nothing is sent to them", async () => {
  await deployment.startAll();
  for (const region of [WEST, EU]) deployment.setWeather(region, status(401));
  await deployment.clock.advance(31_000);
  expect(await healthOf(EAST)).toEqual([0, 2, false]);
  await deployment.manager(EAST).reconfigure(deployment.config(EAST, [WEST, EU], { maxRetries: 5 }));
  expect(await healthOf(EAST)).toEqual([0, 2, false]);
});

it("not with stores in memory, where only those on disk count", async () => {
  await deployment.startAll({ requireDurable: true, quorumThreshold: 1 });
  await deployment.clock.advance(1_000);
  expect(await healthOf(EAST)).toEqual([0, 2, false]);
});
