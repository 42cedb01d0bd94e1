import { expect, test } from "vitest";
import type { Measured } from "../src/load/run-rounds.ts";
import type { Shape } from "../src/load/shape.ts";
import { summarise } from "../src/load/summarise.ts";

const shape: Shape = { callers: 8, batch: 1, ids: "v7" };

function run(contestant: Measured["contestant"], round: number, receipts: number, p50Ms = 1): Measured {
  return { contestant, shape, round, receipts, tookMs: 2000, p50Ms, p99Ms: p50Ms * 10, noticed: undefined };
}

test("figures are medians of the rounds, ratios those within a round", () => {
  const measured = [
    run("by-hand", 1, 100, 3),
    run("sidecar", 1, 200, 1),
    run("by-hand", 2, 10, 30),
    run("sidecar", 2, 20, 10),
    run("by-hand", 3, 200, 2),
    run("sidecar", 3, 900, 0.5),
  ];
  expect(summarise(measured)).toEqual([
    {
      contestant: "by-hand",
      shape,
      receiptsPerSecond: 50,
      receiptsPerSecondQuartiles: [5, 100],
      p50Ms: 3,
      p99Ms: 30,
      timesByHand: 1,
    },
    {
      contestant: "sidecar",
      shape,
      receiptsPerSecond: 100,
      receiptsPerSecondQuartiles: [10, 450],
      p50Ms: 1,
      p99Ms: 10,
      timesByHand: 2,
    },
  ]);
});

test("without by-hand there is no ratio", () => {
  expect(summarise([run("sidecar", 1, 100)])).toMatchObject([{ timesByHand: undefined }]);
});
