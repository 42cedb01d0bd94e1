import { describe, expect, it } from "vitest";
import { parseCommandLine } from "../src/command-line.ts";
import { commandFor } from "../src/replay-seed.ts";

const parse = (line: string) => parseCommandLine(line === "" ? [] : line.split(" "), () => 42);

describe("pnpm sim", () => {
  it("runs a range from a base of its own choice", () => {
    expect(parse("")).toMatchObject({ kind: "seeds", base: 42, count: 2_000 });
    expect(parse("-- --seeds 5 --base 7 --workers 1")).toEqual({ kind: "seeds", base: 7, count: 5, workers: 1 });
  });

  it("replays one seed, with things left out", () => {
    expect(parse("--seed 9")).toMatchObject({ kind: "seed", seed: 9, leftOut: { faults: [], work: [] } });
    const leftOut = { faults: ["crash", "wipe"], work: ["await"], calls: 3 };
    expect(parse("--seed 9 --without crash,wipe --idle await --calls 3")).toEqual({ kind: "seed", seed: 9, leftOut });
    expect(commandFor(9, leftOut)).toBe("pnpm sim --seed 9 --without crash,wipe --idle await --calls 3");
  });

  it("plants mutants, all or some", () => {
    expect(parse("--mutants --tries 9")).toMatchObject({ kind: "mutants", seedsMax: 9, base: 1, named: undefined });
    expect(parse("--mutant cursor")).toMatchObject({ kind: "mutants", named: "cursor" });
  });

  it("says what it does not understand", () => {
    expect(parse("--seed abc")).toMatchObject({ kind: "help", problem: expect.stringContaining("--seed") });
    expect(parse("--sneeds 1")).toMatchObject({ kind: "help", problem: expect.stringContaining("sneeds") });
    expect(parse("--help")).toEqual({ kind: "help", problem: undefined });
  });
});
