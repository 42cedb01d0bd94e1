/** Every planted bug, by name. */
import { BATCH_MUTANTS } from "./batch-mutants.ts";
import { DELIVERY_MUTANTS } from "./delivery-mutants.ts";
import { EVIDENCE_MUTANTS, TALLY_MUTANTS } from "./evidence-mutants.ts";
import { LETTER_MUTANTS } from "./letter-mutants.ts";
import type { Mutant } from "./mutant.ts";
import { STORE_MUTANTS } from "./store-mutants.ts";

export const MUTANTS: readonly Mutant[] = [
  ...STORE_MUTANTS,
  ...EVIDENCE_MUTANTS,
  ...TALLY_MUTANTS,
  ...DELIVERY_MUTANTS,
  ...BATCH_MUTANTS,
  ...LETTER_MUTANTS,
];

/** Throws where there is none of that name. */
export function findMutant(name: string): Mutant {
  const mutant = MUTANTS.find((each) => each.name === name);
  if (mutant === undefined) throw new Error(`No mutant is called "${name}"`);
  return mutant;
}
