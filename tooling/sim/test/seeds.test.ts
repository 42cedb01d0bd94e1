import { describe, expect, it } from "vitest";
import { commandFor } from "../src/replay-seed.ts";
import { runSeeds } from "../src/run-seeds.ts";
import { Summary } from "../src/summary.ts";

const WORKERS = 2;

async function run(base: number, count: number): Promise<Summary> {
  const summary = new Summary();
  await runSeeds({ base, count, workers: WORKERS }, (outcome) => summary.add(outcome));
  return summary;
}

const failures = (summary: Summary): readonly string[] =>
  summary.violations.map(({ seed, violation }) => `${commandFor(seed)}: ${violation?.checker}: ${violation?.detail}`);

describe("the simulator over the real manager", { timeout: 120_000 }, () => {
  it("finds nothing in a fixed range of seeds, in which every fault strikes", async () => {
    const summary = await run(1, 150);
    expect(failures(summary)).toEqual([]);
    expect(summary.seeds).toBe(150);
    expect(summary.kindsStruck).toBeGreaterThanOrEqual(22);
    expect(summary.commits).toBeGreaterThan(1_000);
  });
});
