import type { QuorumPolicy, Verdict, Vote } from "../../src/index.ts";

/** Sets of these regions are numbers: a region belongs to a set when its bit is 1. */
export const REGIONS = ["a", "b", "c"] as const;
const VOTES = ["confirmed", "refused", "waiting"] as const;
const SETS = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/** Whether each set of regions satisfies a policy when all others refuse: a bit for each of the eight sets. */
export type TruthTable = number;

export function tableOf(holds: (set: number) => boolean): TruthTable {
  return SETS.reduce<number>((table, set) => (holds(set) ? table | (1 << set) : table), 0);
}

/** The table of a threshold from those of its branches, by adding up for each set. */
export function thresholdTable(threshold: number, branches: readonly (readonly [weight: number, TruthTable])[]) {
  return tableOf((set) => {
    let sum = 0;
    for (const [weight, table] of branches) if ((table >> set) & 1) sum += weight;
    return sum >= threshold;
  });
}

/** The table of any policy, leaf by leaf. */
export function policyTable(policy: QuorumPolicy): TruthTable {
  if (policy.kind === "threshold")
    return thresholdTable(
      policy.threshold,
      policy.of.map((branch) => [branch.weight, policyTable(branch.policy)]),
    );
  return tableOf((set) => names(set).includes(policy.regionId));
}

/** The regions of a set. */
export function names(set: number): readonly string[] {
  return REGIONS.filter((_, index) => (set >> index) & 1);
}

/** One way in which the three regions have voted so far. */
export interface Ballot {
  readonly votes: (regionId: string) => Vote;
  readonly words: string;
  /** Every set of regions that may have confirmed in the end: a bit for each. */
  readonly completions: TruthTable;
}

/** All 27 of them. */
export const BALLOTS: readonly Ballot[] = VOTES.flatMap((a) =>
  VOTES.flatMap((b) => VOTES.map((c) => ballot(new Map<string, Vote>(Object.entries({ a, b, c }))))),
);

function ballot(given: ReadonlyMap<string, Vote>): Ballot {
  const votes = (regionId: string): Vote => given.get(regionId) ?? "waiting";
  const completions = tableOf((set) =>
    REGIONS.every(
      (regionId) =>
        votes(regionId) === "waiting" || (votes(regionId) === "confirmed") === names(set).includes(regionId),
    ),
  );
  return { votes, words: [...given].join(" "), completions };
}

/** The verdict by trying every completion. */
export function twin(table: TruthTable, { completions }: Ballot): Verdict {
  if ((table & completions) === completions) return "satisfied";
  return (table & completions) === 0 ? "unreachable" : "pending";
}
