/** What the command line asks for. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { LeftOut } from "@rsync/testkit";

export type Command =
  | { readonly kind: "seed"; readonly seed: number; readonly leftOut: LeftOut }
  | { readonly kind: "seeds"; readonly base: number; readonly count: number; readonly workers: number }
  | {
      readonly kind: "mutants";
      readonly base: number;
      readonly seedsMax: number;
      readonly workers: number;
      readonly named: string | undefined;
    }
  | { readonly kind: "fourDays" }
  | { readonly kind: "help"; readonly problem: string | undefined };

export const USAGE = `pnpm sim [options]: several regions in one process, virtual time, faults drawn from a seed

  --seeds N       runs N seeds (default 2000); exits 1 when a checker objects to one of them
  --base B        the first of them (default: drawn, and printed)
  --seed N        replays one seed; one that fails is made smaller, and its last events are printed
  --without A,B   with --seed: leaves out these kinds of faults
  --idle A,B      with --seed: leaves out these kinds of work
  --calls N       with --seed: so many calls
  --four-days     one region is away for four days, at one receipt per minute
  --mutants       plants known bugs, one at a time, and tells which checker finds each; exits 1 when one survives
  --mutant NAME   only those whose name contains NAME
  --tries N       with --mutants: seeds for each (default 1500)
  --workers N     threads (default: one per core)`;

export function parseCommandLine(args: readonly string[], randomBase: () => number): Command {
  try {
    return commandOf(args, randomBase);
  } catch (error) {
    return { kind: "help", problem: error instanceof Error ? error.message : String(error) };
  }
}

function commandOf(args: readonly string[], randomBase: () => number): Command {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { values } = parseArgs({
    args: [...args].filter((arg) => arg !== "--"),
    options: {
      ...{ seeds: text, base: text, seed: text, without: text, idle: text, calls: text, tries: text, workers: text },
      ...{ mutant: text, mutants: flag, "four-days": flag, help: flag },
    },
  });
  const workers = wholeNumber("workers", values.workers) ?? availableParallelism();
  if (values.help === true) return { kind: "help", problem: undefined };
  if (values["four-days"] === true) return { kind: "fourDays" };
  if (values.mutants === true || values.mutant !== undefined) {
    const seedsMax = wholeNumber("tries", values.tries) ?? 1_500;
    const base = wholeNumber("base", values.base) ?? 1;
    return { kind: "mutants", base, seedsMax, workers, named: values.mutant };
  }
  const seed = wholeNumber("seed", values.seed);
  if (seed !== undefined) {
    const calls = wholeNumber("calls", values.calls);
    return { kind: "seed", seed, leftOut: { faults: listed(values.without), work: listed(values.idle), calls } };
  }
  const base = wholeNumber("base", values.base) ?? randomBase();
  return { kind: "seeds", base, count: wholeNumber("seeds", values.seeds) ?? 2_000, workers };
}

function wholeNumber(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} takes a whole number, not ${value}`);
  return number;
}

function listed(value: string | undefined): string[] {
  return value === undefined ? [] : value.split(",").filter((part) => part !== "");
}
