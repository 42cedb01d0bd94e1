import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LOSS_REGIONS_MAX, lossSets, policyRegions, verdict, weightPolicy, zonesPolicy } from "../../src/index.ts";
import { policyArbitrary } from "./arbitrary-policy.ts";

const voters = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    regionId: `r${index}`,
    weight: 1,
    zone: index % 2 === 0 ? "x" : "y",
  }));

describe("known policies", () => {
  test("2 of 3", () => {
    const pairs = [
      ["r0", "r1"],
      ["r0", "r2"],
      ["r1", "r2"],
    ];
    expect(lossSets(weightPolicy(2, voters(3)))).toEqual({
      quorums: pairs,
      blocking: pairs,
      disjointQuorums: undefined,
    });
  });

  test("2 of 4 has quorums without a common region", () => {
    const sets = lossSets(weightPolicy(2, voters(4)));
    expect(sets?.quorums).toHaveLength(6);
    expect(sets?.blocking).toHaveLength(4);
    const [left, right] = sets?.disjointQuorums ?? [[], []];
    expect(left.filter((regionId) => right.includes(regionId))).toEqual([]);
  });

  test("2 of 3 in 2 zones: the only region of a zone blocks alone", () => {
    expect(lossSets(zonesPolicy(2, 2, voters(3)))?.blocking).toEqual([["r1"], ["r0", "r2"]]);
  });

  test("at most 15 regions are analysed", () => {
    expect(lossSets(weightPolicy(8, voters(LOSS_REGIONS_MAX)))?.quorums).toHaveLength(6435);
    expect(lossSets(weightPolicy(8, voters(LOSS_REGIONS_MAX + 1)))).toBeUndefined();
  });
});

test("minimal sets are what they say, for any tree", () => {
  return fc.assert(
    fc.property(policyArbitrary(["a", "b", "c", "d", "e"]), (policy) => {
      const sets = lossSets(policy);
      const everyone = policyRegions(policy);
      const holds = (confirmed: readonly string[]) =>
        verdict(policy, (regionId) => (confirmed.includes(regionId) ? "confirmed" : "refused")) === "satisfied";
      const without = (lost: readonly string[]) => everyone.filter((regionId) => !lost.includes(regionId));
      for (const quorum of sets?.quorums ?? []) {
        expect(holds(quorum)).toBe(true);
        for (const left of quorum) expect(holds(quorum.filter((regionId) => regionId !== left))).toBe(false);
      }
      for (const lost of sets?.blocking ?? []) {
        expect(holds(without(lost))).toBe(false);
        for (const kept of lost) expect(holds(without(lost.filter((regionId) => regionId !== kept)))).toBe(true);
      }
      const overlap = (sets?.quorums ?? []).every((left) =>
        (sets?.quorums ?? []).every((right) => left.some((regionId) => right.includes(regionId))),
      );
      expect(sets?.disjointQuorums === undefined).toBe(overlap);
    }),
  );
});
