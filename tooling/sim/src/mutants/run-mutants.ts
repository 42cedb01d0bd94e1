/** Plants each bug in a thread of its own and runs seeds until a checker objects. */
import { runTask } from "../run-seeds.ts";
import type { Mutant } from "./mutant.ts";

/** How a mutant ended. */
export type MutantFate =
  | { readonly kind: "killed"; readonly checker: string; readonly seed: number; readonly detail: string }
  | { readonly kind: "survived"; readonly seeds: number }
  /** It does not fit its source, or the program does not even start with it. */
  | { readonly kind: "broken"; readonly message: string };

export async function runMutant(mutant: Mutant, base: number, seedsMax: number): Promise<MutantFate> {
  let fate: MutantFate = { kind: "survived", seeds: seedsMax };
  const task = { from: base, count: seedsMax, step: 1, mutant: mutant.name, stopAtViolation: true };
  try {
    await runTask(task, ({ seed, violation }) => {
      if (violation !== undefined && fate.kind === "survived") fate = { kind: "killed", seed, ...violation };
    });
  } catch (error) {
    return { kind: "broken", message: error instanceof Error ? error.message : String(error) };
  }
  return fate;
}

/** All of them, some at a time; `each` hears of every one as it ends. */
export async function runMutants(
  mutants: readonly Mutant[],
  range: { readonly base: number; readonly seedsMax: number; readonly workers: number },
  each: (mutant: Mutant, fate: MutantFate) => void,
): Promise<void> {
  const waiting = [...mutants];
  const work = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      each(mutant, await runMutant(mutant, range.base, range.seedsMax));
    }
  };
  await Promise.all(Array.from({ length: range.workers }, work));
}
