import { describe, expect, it } from "vitest";
import { commandFor } from "../src/replay-seed.ts";
import { runSeeds } from "../src/run-seeds.ts";
import { Summary } from "../src/summary.ts";

const WORKERS = 2;
const FIXED = 150;
const FRESH = 250;

async function run(base: number, count: number): Promise<Summary> {
  const summary = new Summary();
  await runSeeds({ base, count, workers: WORKERS }, (outcome) => summary.add(outcome));
  return summary;
}

const failures = (summary: Summary): readonly string[] =>
  summary.violations.map(({ seed, violation }) => `${commandFor(seed)}: ${violation?.checker}: ${violation?.detail}`);

describe("the simulator over the real manager", { timeout: 240_000 }, () => {
  it("finds nothing in a fixed range of seeds, in which every fault strikes", async () => {
    const summary = await run(1, FIXED);
    expect(failures(summary)).toEqual([]);
    expect(summary.seeds).toBe(FIXED);
    expect(summary.kindsStruck).toBeGreaterThanOrEqual(29);
    expect(summary.commits).toBeGreaterThan(1_000);
  });

  it("finds nothing in seeds that nobody has run before", async () => {
    const base = Math.floor(Math.random() * 2 ** 31);
    const range = `fresh seeds: pnpm sim --seeds ${FRESH} --base ${base}`;
    console.log(range);
    const summary = await run(base, FRESH);
    expect(failures(summary), range).toEqual([]);
    expect(summary.seeds).toBe(FRESH);
  });
});
