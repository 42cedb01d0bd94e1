import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, receipt, WEST } from "./loopback-deployment.ts";
import { DOWN } from "./loopback-network.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

/** EU holds other content under these ids before they are submitted in EAST. */
async function conflicting(numbers: readonly number[]): Promise<void> {
  const { clock } = deployment;
  for (const region of [EAST, WEST]) deployment.setWeather(region, DOWN);
  for (const number of numbers)
    await deployment.manager(EU).syncReceipt(receipt(number, { ticks: 7 }), { waitFor: "none" });
  for (const number of numbers) await deployment.manager(EAST).syncReceipt(receipt(number), { waitFor: "none" });
  await clock.advance(1_000);
}

const toldOf = (region: string, words: string): readonly string[] =>
  deployment.messages(region, "warn").filter((message) => message.includes(words));

describe("what a region does not take, for who listens to the life cycle only", () => {
  it("is told at once, and then once a minute, with how many others there were", async () => {
    await deployment.startAll({}, { receiptLogger: undefined });
    await conflicting([1, 2, 3, 4]);
    expect(toldOf(EAST, "now lies in its dead letters")).toEqual([expect.stringContaining("receipt rec-1")]);
    expect(toldOf(EU, "other content is held")).toEqual([expect.stringContaining("rec-1")]);
    await deployment.clock.advance(180_000);
    expect(toldOf(EAST, "now lies in its dead letters").slice(1)).toEqual([
      expect.stringMatching(/rec-4.*So it went for 2 more since/),
    ]);
    expect(toldOf(EU, "other content is held").slice(1)).toEqual([
      expect.stringMatching(/rec-4.*So it went for 2 more since/),
    ]);
  });

  it("is told also by a region that is reconfigured, or closed, before the minute is over", async () => {
    await deployment.startAll({}, { receiptLogger: undefined });
    await conflicting([1, 2]);
    const config = deployment.config(EAST, [WEST, EU]);
    await deployment.manager(EAST).reconfigure(config);
    await conflicting([3]);
    await deployment.stop(EAST);
    expect(toldOf(EAST, "now lies in its dead letters").slice(1)).toEqual([
      expect.stringMatching(/rec-3.*So it went for 1 more since/),
    ]);
  });

  it("is told for each receipt where somebody listens to those", async () => {
    await deployment.startAll();
    await conflicting([1, 2]);
    expect(toldOf(EU, "other content is held")).toHaveLength(2);
  });
});
