import { describe, expect, test } from "vitest";
import {
  allPolicy,
  bothPolicies,
  explainVerdict,
  majorityPolicy,
  type PolicyBranch,
  type QuorumPolicy,
  type VerdictExplanation,
  type Voter,
  verdict,
  weightPolicy,
  zonesPolicy,
} from "../../src/index.ts";
import { claim } from "../lane/lane-parts.ts";
import {
  BALLOTS,
  type Ballot,
  names,
  policyTable,
  REGIONS,
  type TruthTable,
  tableOf,
  thresholdTable,
  twin,
} from "./truth-table.ts";

type Tabled = readonly [policy: QuorumPolicy, table: TruthTable];

/** Claims the verdict of a policy in every vote, and returns how many there were. */
function judgeAll(policy: QuorumPolicy, table: TruthTable): number {
  for (const ballot of BALLOTS) {
    const told = verdict(policy, ballot.votes);
    const expected = twin(table, ballot);
    if (told === expected) continue;
    throw new Error(`${told}, not ${expected}: ${JSON.stringify(policy)} on ${ballot.words}`);
  }
  return BALLOTS.length;
}

/** All lists with one item of each of these lists. */
function product<Item>(...lists: readonly (readonly Item[])[]): readonly (readonly Item[])[] {
  return lists.reduce<readonly (readonly Item[])[]>(
    (rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])),
    [[]],
  );
}

/** Every threshold over these parts with these weights: of all, of none, and of more than there is. */
function* thresholds(parts: readonly Tabled[], weights: readonly number[]): Generator<Tabled> {
  for (const given of product(...parts.map(() => weights))) {
    const of = parts.map(([policy], index): PolicyBranch => ({ weight: given[index] ?? 0, policy }));
    const tables = parts.map(([, table], index) => [given[index] ?? 0, table] as const);
    const total = given.reduce((sum, weight) => sum + weight, 0);
    for (let threshold = 0; threshold <= total + 1; threshold += 1) {
      yield [{ kind: "threshold", label: "any", threshold, of }, thresholdTable(threshold, tables)];
    }
  }
}

const leaves: readonly Tabled[] = REGIONS.map((regionId) => {
  const policy: QuorumPolicy = { kind: "region", regionId };
  return [policy, policyTable(policy)];
});
const subsets = [1, 2, 3, 4, 5, 6, 7].map((set) => leaves.filter((_, index) => (set >> index) & 1));
/** Every threshold over every set of regions, with weights up to 2. */
const flat = subsets.flatMap((parts) => [...thresholds(parts, [0, 1, 2])]);

/** Every region and every threshold over regions that can be met, and not by nobody. */
function meetable(weights: readonly number[]): readonly Tabled[] {
  const groups = subsets.flatMap((parts) => [...thresholds(parts, weights)]);
  return [...leaves, ...groups].filter(([, table]) => table !== 0 && table !== 0xff);
}
const weighted = meetable([1, 2]);
const counted = meetable([1]);

describe("every small policy in every vote, against every completion", () => {
  test("thresholds over regions", () => {
    for (const [policy, table] of flat) claim(table === policyTable(policy), () => JSON.stringify(policy));
    expect(flat.reduce((count, [policy, table]) => count + judgeAll(policy, table), 0)).toBe(270 * 27);
  });

  test("two groups, whichever regions they share", () => {
    let count = 0;
    for (const [index, left] of weighted.entries())
      for (const right of weighted.slice(index))
        for (const [policy, table] of thresholds([left, right], [0, 1, 2])) count += judgeAll(policy, table);
    expect(count).toBe(((84 * 85) / 2) * 36 * 27);
  });

  test("three groups of counted regions", () => {
    let count = 0;
    for (const parts of product(counted, counted, counted))
      for (const [policy, table] of thresholds(parts, [1])) count += judgeAll(policy, table);
    expect(count).toBe(15 ** 3 * 5 * 27);
  });

  test("groups of groups", () => {
    let count = 0;
    for (const parts of product(counted, counted))
      for (const group of thresholds(parts, [1]))
        for (const leaf of leaves)
          for (const [policy, table] of thresholds([leaf, group], [1, 2])) count += judgeAll(policy, table);
    expect(count).toBe(15 ** 2 * 4 * 3 * 20 * 27);
  });
});

test("the explanation says the same at every node", () => {
  const check = (policy: QuorumPolicy, explanation: VerdictExplanation, ballot: Ballot): void => {
    claim(explanation.verdict === twin(policyTable(policy), ballot), () => JSON.stringify(explanation));
    if (policy.kind === "region" || explanation.kind === "region") return;
    for (const [index, { weight, policy: part }] of policy.of.entries()) {
      const explained = explanation.of[index];
      claim(explained?.weight === weight, () => JSON.stringify(explanation));
      if (explained !== undefined) check(part, explained.explanation, ballot);
    }
  };
  const groups = product(counted, counted).flatMap((parts) => [...thresholds(parts, [1])]);
  for (const [policy] of [...flat, ...groups])
    for (const ballot of BALLOTS) check(policy, explainVerdict(policy, ballot.votes), ballot);
});

describe("every preset over three regions means what its name says", () => {
  /** All voters with these weights and zones, and what a set of them weighs. */
  function* deployments(zones: readonly (string | undefined)[]) {
    for (const weights of product([0, 1, 2], [0, 1, 2], [0, 1, 2]))
      for (const zoneOf of product(zones, zones, zones)) {
        const voters = REGIONS.map((regionId, index): Voter => {
          return { regionId, weight: weights[index] ?? 0, zone: zoneOf[index] };
        });
        const voting = (set: number) =>
          voters.filter(({ regionId, weight }) => weight > 0 && names(set).includes(regionId));
        const weigh = (set: number) => voting(set).reduce((sum, { weight }) => sum + weight, 0);
        yield { voters, voting, weigh, total: weigh(7) };
      }
  }

  test("weight, majority and all", () => {
    for (const { voters, weigh, total } of deployments([undefined])) {
      const majority = tableOf((set) => weigh(set) * 2 > total);
      judgeAll(majorityPolicy(voters), majority);
      const quorums = [0, 1, 2, 3, 4, 5, 6, 7].filter((set) => (majority >> set) & 1);
      for (const [left = 0, right = 0] of product(quorums, quorums))
        claim((left & right) !== 0, () => `two majorities without a common region among ${JSON.stringify(voters)}`);
      judgeAll(
        allPolicy(voters),
        tableOf((set) => weigh(set) === total),
      );
      for (let threshold = 0; threshold <= total + 1; threshold += 1)
        judgeAll(
          weightPolicy(threshold, voters),
          tableOf((set) => weigh(set) >= threshold),
        );
    }
  });

  test("minZones: so much weight, in so many zones", () => {
    let count = 0;
    for (const { voters, voting, weigh, total } of deployments(["x", "y", undefined]))
      for (let threshold = 0; threshold <= total + 1; threshold += 1)
        for (const minZones of [1, 2, 3]) {
          const zones = (set: number) => new Set(voting(set).flatMap(({ zone }) => zone ?? [])).size;
          const table = tableOf((set) => weigh(set) >= threshold && zones(set) >= minZones);
          count += judgeAll(zonesPolicy(threshold, minZones, voters), table);
        }
    expect(count).toBe(27 * 135 * 3 * 27);
  });

  test("both", () => {
    for (const [left, leftTable] of weighted)
      for (const [right, rightTable] of weighted) judgeAll(bothPolicies(left, right), leftTable & rightTable);
  });
});
