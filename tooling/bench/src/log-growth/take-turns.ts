import type { IdVersion } from "../load/shape.ts";
import type { CostRounds } from "./cost.ts";

/** One run for each size and kind of id in each round, the sizes right after each other. */
export async function takeTurns<Subject>(
  subjects: ReadonlyMap<number, Subject>,
  rounds: number,
  run: (subject: Subject, ids: IdVersion) => Promise<number>,
): Promise<CostRounds> {
  const empty = (): Map<number, number[]> => new Map([...subjects.keys()].map((size) => [size, []]));
  const costs = { v7: empty(), v4: empty() };
  for (let round = 1; round <= rounds; round += 1) {
    for (const ids of ["v7", "v4"] as const) {
      for (const [size, subject] of subjects) costs[ids].get(size)?.push(await run(subject, ids));
    }
  }
  return costs;
}
