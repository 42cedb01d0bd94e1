import { describe, expect, it } from "vitest";
import { MUTANTS } from "../src/mutants/catalogue.ts";
import { mutate } from "../src/mutants/plant-mutant.ts";
import { runMutant } from "../src/mutants/run-mutants.ts";

describe("planted bugs", () => {
  it("are many, and have names of their own", () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(30);
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });

  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))("%s: fits its source", (_, mutant) => {
    expect(mutate(mutant)).toContain(mutant.replace);
  });

  // Those that nearly every seed finds, one for each kind of source; `pnpm sim --mutants` tries them all.
  it.each([
    ["acknowledge before fsync", "durable-before-spoken"],
    ["satisfied by any confirmation", "committed-is-held"],
    ["acknowledge before storing", "durable-before-spoken"],
  ])("%s: is found by %s", { timeout: 60_000 }, async (name, checker) => {
    const mutant = MUTANTS.find((each) => each.name === name);
    if (mutant === undefined) throw new Error(`No mutant is called ${name}`);
    expect(await runMutant(mutant, 1, 20)).toMatchObject({ kind: "killed", checker });
  });
});
