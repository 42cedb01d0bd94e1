import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type HeldStretch, type QuorumPolicy, receiptsAtRisk } from "../../src/index.ts";
import { policyArbitrary } from "./arbitrary-policy.ts";

const regionIds = ["a", "b", "c", "d"];

/** Satisfied in the plain sense. */
function holds(policy: QuorumPolicy, confirmed: ReadonlySet<string>): boolean {
  if (policy.kind === "region") return confirmed.has(policy.regionId);
  const met = policy.of.filter((branch) => holds(branch.policy, confirmed));
  return met.reduce((sum, { weight }) => sum + weight, 0) >= policy.threshold;
}

/** Receipt by receipt: who has it, and would it still satisfy the policy without this region? */
function twin(policy: QuorumPolicy, stretches: readonly HeldStretch[]): ReadonlyMap<string, number> {
  const receipts = stretches.flatMap(({ receipts: count, holders }) =>
    new Array<ReadonlySet<string>>(count).fill(holders),
  );
  return new Map(
    regionIds.map((lost) => {
      const falling = receipts.filter(
        (holders) => holds(policy, holders) && !holds(policy, new Set([...holders].filter((each) => each !== lost))),
      );
      return [lost, falling.length];
    }),
  );
}

const stretchesArbitrary = fc.array(
  fc.record({
    receipts: fc.nat(20),
    holders: fc.subarray(regionIds).map((holders): ReadonlySet<string> => new Set(holders)),
  }),
  { maxLength: 6 },
);

const asTheTwinCounts = fc.property(policyArbitrary(regionIds), stretchesArbitrary, (policy, stretches) => {
  expect(receiptsAtRisk(policy, regionIds, stretches)).toEqual(twin(policy, stretches));
});

test("receipts at risk: as a slow twin counts them, receipt by receipt, under any policy", () => {
  return fc.assert(asTheTwinCounts, { numRuns: 1_000 });
});
