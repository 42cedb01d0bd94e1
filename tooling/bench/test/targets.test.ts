import { expect, test } from "vitest";
import type { ContestantName } from "../src/load/contestant.ts";
import type { Measured } from "../src/load/run-rounds.ts";
import type { LogGrowthFigures } from "../src/log-growth/measure-log-growth.ts";
import { formatVerdict } from "../src/targets/target.ts";
import { judgeTargets } from "../src/targets/targets.ts";

const nothing = { runs: [], wan: undefined, backlogs: [], startup: undefined, logGrowth: [] };

function verdicts(report: Parameters<typeof judgeTargets>[0]): ReadonlyMap<string, string> {
  return new Map(judgeTargets(report).map((target) => [`${target.what}: ${target.goal}`, formatVerdict(target)]));
}

function run(contestant: ContestantName, receipts: number, p50Ms: number, callers: number): Measured {
  const shape = { callers, batch: 1, ids: "v7" } as const;
  return { contestant, shape, round: 1, receipts, tookMs: 1000, p50Ms, p99Ms: p50Ms, noticed: undefined };
}

test("what was not measured is said to be so, and every target has a name of its own", () => {
  const all = verdicts(nothing);
  expect(all.size).toBe(judgeTargets(nothing).length);
  expect(new Set(all.values())).toEqual(new Set(["not measured"]));
});

test("rates are judged against the best peer, and it is named", () => {
  const runs = [run("in-process", 210, 1, 64), run("etcd", 40, 1, 64), run("redis", 100, 1, 64)];
  const all = verdicts({ ...nothing, runs });
  expect(all.get("in-process, 64 callers: at least 1.8 x the best peer")).toBe("met: 2.10 x redis");
});

test("a figure below the goal is missed, a p50 above it too", () => {
  const runs = [
    run("sidecar", 150, 1, 64),
    run("etcd", 100, 1, 64),
    run("postgresql", 100, 1, 64),
    run("in-process", 1, 1.6, 1),
    run("postgresql", 1, 1, 1),
  ];
  const all = verdicts({ ...nothing, runs });
  expect(all.get("sidecar, 64 callers: at least 2 x etcd")).toBe("missed: 1.50 x");
  expect(all.get("sidecar, 64 callers: at least 1.5 x postgresql")).toBe("met: 1.50 x");
  expect(all.get("in-process, 1 caller, p50: at most 1.5 x postgresql's")).toBe("missed: 1.60 x");
});

test("what callers wait far apart is judged beyond the measured round trip", () => {
  const figures = { contestant: "in-process", p50Ms: 22.5, p99Ms: 30, receiptsPerSecond: 1 } as const;
  const wan = { linksMs: [20, 40, 80], nearestMs: 21, contestants: [figures] };
  const name = "regions far apart, in-process, 1 caller, p50: at most the round trip to the nearest region + 2 ms";
  expect(verdicts({ ...nothing, wan }).get(name)).toBe("met: + 1.5 ms");
  expect(verdicts({ ...nothing, wan: { ...wan, nearestMs: 20 } }).get(name)).toBe("missed: + 2.5 ms");
});

test("growth is judged between the largest log and the smallest, by time-ordered ids", () => {
  const figures = (logReceipts: number, timesSmallest: number): LogGrowthFigures => {
    const cost = { v7: { microseconds: 1, timesSmallest }, v4: { microseconds: 1, timesSmallest: 9 } };
    return { logReceipts, store: cost, endToEnd: cost };
  };
  const logGrowth = [figures(10, 1), figures(100, 4), figures(1_000, 1.4)];
  const name = "cost of one receipt in the store, log of 1,000 against 10: at most 1.5 x";
  expect(verdicts({ ...nothing, logGrowth }).get(name)).toBe("met: 1.40 x");
});
