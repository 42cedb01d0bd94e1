/** Weights, zones, nested groups and observers, through everything that a submission goes through (DESIGN §6). */
import type { ConfigInput, QuorumInput } from "@rsync/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, receipt, WEST } from "./loopback-deployment.ts";
import { DOWN, FAIR } from "./loopback-network.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

const ASIA = "ap-south-1";
const ALL = [EAST, WEST, EU, ASIA];

interface Shape {
  readonly weights?: Readonly<Record<string, number>>;
  readonly zones?: Readonly<Record<string, string>>;
  readonly quorum?: QuorumInput;
  readonly quorumThreshold?: number;
}

async function start({ weights = {}, zones = {}, ...policy }: Shape): Promise<void> {
  const config = (region: string): Partial<ConfigInput> => ({
    localWeight: weights[region] ?? 1,
    ...(zones[region] === undefined ? {} : { localZone: zones[region] }),
    regions: ALL.filter((other) => other !== region).map((regionId) => ({
      regionId,
      endpoint: `http://${regionId}.example`,
      weight: weights[regionId] ?? 1,
      ...(zones[regionId] === undefined ? {} : { zone: zones[regionId] }),
    })),
    ...policy,
  });
  for (const region of ALL) await deployment.start(region, [], { config: config(region) });
  await deployment.clock.settle();
}

/** Outcome with only these other regions up, at the end of the call's time; and what `verifyQuorum` says of it then. */
async function outcomeWith(up: readonly string[], number: number) {
  for (const region of ALL) deployment.setWeather(region, up.includes(region) ? FAIR : DOWN);
  const manager = deployment.manager(EAST);
  const syncing = manager.syncReceipt(receipt(number), { timeout: "100ms" });
  await deployment.clock.advance(100);
  const { outcome } = await syncing;
  expect(await manager.verifyQuorum(`rec-${number}`)).toBe(outcome === "committed");
  return outcome;
}

type Row = readonly [up: readonly string[], outcome: "committed" | "pending"];

async function holds(shape: Shape, rows: readonly Row[]): Promise<void> {
  await start(shape);
  for (const [index, [up, outcome]] of rows.entries()) {
    expect([up, await outcomeWith(up, index)]).toEqual([up, outcome]);
    // Away for one row, healthy for the next: rests are over.
    for (const region of ALL) deployment.setWeather(region, FAIR);
    await deployment.clock.advance(120_000);
  }
  for (const region of ALL) expect((await deployment.store(region).count()).rows).toBe(rows.length);
}

describe("a receipt is committed exactly when the policy holds", () => {
  it("by weight: a heavy region counts for more", () =>
    holds({ weights: { [WEST]: 3 }, quorumThreshold: 4 }, [
      [[WEST], "committed"],
      [[EU, ASIA], "pending"],
      [[WEST, EU], "committed"],
    ]));

  it("by number and zones: two regions of one zone are not two zones", () =>
    holds(
      {
        zones: { [EAST]: "us", [WEST]: "us", [EU]: "eu", [ASIA]: "ap" },
        quorum: { threshold: 2, minZones: 2 },
      },
      [
        [[WEST], "pending"],
        [[EU], "committed"],
        [[WEST, ASIA], "committed"],
      ],
    ));

  it("by nested groups: both here, and one of the others", () =>
    holds(
      {
        quorum: {
          threshold: 2,
          of: [
            { threshold: 2, of: [{ region: EAST }, { region: WEST }] },
            { threshold: 1, of: [{ region: EU }, { region: ASIA }] },
          ],
        },
      },
      [
        [[WEST], "pending"],
        [[EU, ASIA], "pending"],
        [[WEST, ASIA], "committed"],
        [[WEST, EU], "committed"],
      ],
    ));

  it("an observer gets every receipt, and its word is no vote", async () => {
    await holds({ weights: { [ASIA]: 0 }, quorumThreshold: 2 }, [
      [[ASIA], "pending"],
      [[EU], "committed"],
    ]);
    expect(await deployment.manager(EAST).getHealthStatus()).toEqual([3, 3, true]);
    for (const region of [WEST, EU]) deployment.setWeather(region, DOWN);
    for (let number = 10; number < 16; number += 1) {
      await deployment.manager(EAST).syncReceipt(receipt(number), { waitFor: "none" });
    }
    await deployment.clock.advance(60_000);
    expect((await deployment.manager(EAST).getHealthStatus())[2]).toBe(false);
  });

  it("a weight of nothing for this region: it stores, and does not vote", () =>
    holds({ weights: { [EAST]: 0 }, quorumThreshold: 2 }, [
      [[WEST], "pending"],
      [[WEST, EU], "committed"],
    ]));
});
