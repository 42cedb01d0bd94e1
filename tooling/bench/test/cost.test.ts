import { expect, test } from "vitest";
import { costsOf } from "../src/log-growth/cost.ts";
import { takeTurns } from "../src/log-growth/take-turns.ts";

test("sizes take turns within each round, and costs are compared within it", async () => {
  const order: string[] = [];
  const microseconds = [1, 2, 100, 100, 10, 30, 100, 100, 5, 20, 100, 100];
  const rounds = await takeTurns(
    new Map([
      [10, "small"],
      [1000, "large"],
    ]),
    3,
    async (subject, ids) => {
      order.push(`${subject} ${ids}`);
      return microseconds[order.length - 1] ?? 0;
    },
  );
  expect(order.slice(0, 4)).toEqual(["small v7", "large v7", "small v4", "large v4"]);
  expect(costsOf(rounds, 1000).v7).toEqual({ microseconds: 20, timesSmallest: 3 });
  expect(costsOf(rounds, 10).v7).toEqual({ microseconds: 5, timesSmallest: 1 });
});
