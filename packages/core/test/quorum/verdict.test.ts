import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { explainVerdict, type QuorumPolicy, type Verdict, type Vote, verdict, weightPolicy } from "../../src/index.ts";
import { everyVote, policyArbitrary } from "./arbitrary-policy.ts";

const votes: readonly Vote[] = ["confirmed", "refused", "waiting"];
const regionIds = ["a", "b", "c", "d"];

/** Satisfied in the plain sense, when nobody is waiting. */
function holds(policy: QuorumPolicy, confirmed: ReadonlySet<string>): boolean {
  if (policy.kind === "region") return confirmed.has(policy.regionId);
  const weights = policy.of.filter((branch) => holds(branch.policy, confirmed)).map(({ weight }) => weight);
  return weights.reduce((sum, weight) => sum + weight, 0) >= policy.threshold;
}

/** Tries every completion of the waiting votes. */
function twin(policy: QuorumPolicy, given: ReadonlyMap<string, Vote>): Verdict {
  const waiting = [...given].filter(([, vote]) => vote === "waiting").map(([regionId]) => regionId);
  const confirmed = [...given].filter(([, vote]) => vote === "confirmed").map(([regionId]) => regionId);
  const outcomes = everyVote(waiting, ["confirmed", "refused"]).map((completion) =>
    holds(policy, new Set([...confirmed, ...waiting.filter((regionId) => completion.get(regionId) === "confirmed")])),
  );
  if (outcomes.every((outcome) => outcome)) return "satisfied";
  return outcomes.some((outcome) => outcome) ? "pending" : "unreachable";
}

const judge = (policy: QuorumPolicy, given: ReadonlyMap<string, Vote>) =>
  verdict(policy, (regionId) => given.get(regionId) ?? "waiting");

describe("the verdict on counts", () => {
  const rows: readonly [number, string, Verdict][] = [
    [2, "y__", "pending"],
    [2, "yy_", "satisfied"],
    [2, "yn_", "pending"],
    [2, "ynn", "unreachable"],
    [2, "nn_", "unreachable"],
    [2, "___", "pending"],
    [1, "n_n", "pending"],
    [1, "y__", "satisfied"],
    [3, "yy_", "pending"],
    [3, "n__", "unreachable"],
    [3, "yyy", "satisfied"],
  ];
  test.each(rows)("%i of 3, votes %s: %s", (threshold, written, expected) => {
    const voters = ["a", "b", "c"].map((regionId) => ({ regionId, weight: 1, zone: undefined }));
    const vote = (letter: string | undefined): Vote =>
      letter === "y" ? "confirmed" : letter === "n" ? "refused" : "waiting";
    const given = new Map(voters.map(({ regionId }, index) => [regionId, vote(written[index])]));
    expect(judge(weightPolicy(threshold, voters), given)).toBe(expected);
  });
});

describe("the verdict against its slow twin", () => {
  test("every threshold over every weight up to 3 of up to 4 regions, in every vote", () => {
    for (const weights of everyWeights(4, 3)) {
      const voters = weights.map((weight, index) => ({ regionId: regionIds[index] ?? "", weight, zone: undefined }));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const given = everyVote(regionIds.slice(0, weights.length), votes);
      for (let threshold = 1; threshold <= total; threshold++) {
        const policy = weightPolicy(threshold, voters);
        for (const vote of given) expect(judge(policy, vote)).toBe(twin(policy, vote));
      }
    }
  });

  test("any tree, shared regions included, in every vote", () => {
    const given = everyVote(regionIds, votes);
    return fc.assert(
      fc.property(policyArbitrary(regionIds), (policy) => {
        for (const vote of given) expect(judge(policy, vote)).toBe(twin(policy, vote));
      }),
      { numRuns: 300 },
    );
  });
});

describe("laws", () => {
  const rank: Readonly<Record<Verdict, number>> = { unreachable: 0, pending: 1, satisfied: 2 };
  const better: Readonly<Record<Vote, Vote>> = { refused: "waiting", waiting: "confirmed", confirmed: "confirmed" };
  const givenArbitrary = fc.record(Object.fromEntries(regionIds.map((id) => [id, fc.constantFrom(...votes)])));

  test("a better vote never makes a worse verdict", () => {
    return fc.assert(
      fc.property(
        policyArbitrary(regionIds),
        givenArbitrary,
        fc.constantFrom(...regionIds),
        (policy, given, changed) => {
          const before = new Map(Object.entries(given));
          const after = new Map(before).set(changed, better[before.get(changed) ?? "waiting"]);
          expect(rank[judge(policy, after)]).toBeGreaterThanOrEqual(rank[judge(policy, before)]);
        },
      ),
    );
  });

  test("satisfied and unreachable are final while only waiting votes change", () => {
    return fc.assert(
      fc.property(policyArbitrary(regionIds), givenArbitrary, givenArbitrary, (policy, given, later) => {
        const before = new Map(Object.entries(given));
        const after = new Map([...before].map(([id, vote]) => [id, vote === "waiting" ? (later[id] ?? vote) : vote]));
        const first = judge(policy, before);
        if (first !== "pending") expect(judge(policy, after)).toBe(first);
      }),
    );
  });

  test("the explanation says the same, and its numbers give the verdict at every node", () => {
    return fc.assert(
      fc.property(policyArbitrary(regionIds), givenArbitrary, (policy, given) => {
        const explanation = explainVerdict(policy, (regionId) => given[regionId] ?? "waiting");
        expect(explanation.verdict).toBe(judge(policy, new Map(Object.entries(given))));
        if (explanation.kind !== "threshold") return;
        const { confirmedWeight, possibleWeight, totalWeight, threshold } = explanation;
        expect(confirmedWeight).toBeLessThanOrEqual(possibleWeight);
        expect(possibleWeight).toBeLessThanOrEqual(totalWeight);
        expect(explanation.verdict === "satisfied").toBe(confirmedWeight >= threshold);
        expect(explanation.verdict === "unreachable").toBe(possibleWeight < threshold);
      }),
    );
  });
});

test("an explanation names its parts and their numbers", () => {
  const voters = ["a", "b", "c"].map((regionId, index) => ({ regionId, weight: index + 1, zone: undefined }));
  const explanation = explainVerdict(weightPolicy(4, voters), (id) =>
    id === "c" ? "confirmed" : id === "b" ? "refused" : "waiting",
  );
  expect(explanation).toEqual({
    kind: "threshold",
    label: "weight",
    verdict: "pending",
    threshold: 4,
    confirmedWeight: 3,
    possibleWeight: 4,
    totalWeight: 6,
    of: [
      { weight: 1, explanation: { kind: "region", regionId: "a", vote: "waiting", verdict: "pending" } },
      { weight: 2, explanation: { kind: "region", regionId: "b", vote: "refused", verdict: "unreachable" } },
      { weight: 3, explanation: { kind: "region", regionId: "c", vote: "confirmed", verdict: "satisfied" } },
    ],
  });
});

function everyWeights(countMax: number, weightMax: number): readonly (readonly number[])[] {
  const all: (readonly number[])[] = [];
  const extend = (weights: readonly number[]): void => {
    if (weights.length > 0) all.push(weights);
    if (weights.length === countMax) return;
    for (let weight = 1; weight <= weightMax; weight++) extend([...weights, weight]);
  };
  extend([]);
  return all;
}
