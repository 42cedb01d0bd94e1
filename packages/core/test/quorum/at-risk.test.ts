import { expect, test } from "vitest";
import { type QuorumPolicy, receiptsAtRisk, weightPolicy } from "../../src/index.ts";
import { names, policyTable, REGIONS } from "./truth-table.ts";

const SETS = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const voters = REGIONS.map((regionId) => ({ regionId, weight: 1, zone: undefined }));
const two = weightPolicy(2, voters);
const held = (receipts: number, set: number) => ({ receipts, holders: new Set(names(set)) });

test.each<[words: string, stretches: Parameters<typeof receiptsAtRisk>[2], atRisk: readonly number[]]>([
  ["nothing is held", [], [0, 0, 0]],
  ["everyone has it: any loss is survived", [held(5, 0b111)], [0, 0, 0]],
  ["two have it: either of them must stay", [held(5, 0b011)], [5, 5, 0]],
  ["one has it: it is not committed, so there is nothing to fall", [held(5, 0b001)], [0, 0, 0]],
  ["stretches add up", [held(5, 0b011), held(3, 0b110), held(9, 0b100), held(1, 0b111)], [5, 8, 3]],
])("2 of 3, %s", (_words, stretches, atRisk) => {
  expect([...receiptsAtRisk(two, REGIONS, stretches)]).toEqual(REGIONS.map((id, index) => [id, atRisk[index]]));
});

test("a region that does not vote is none whose loss counts", () => {
  const atRisk = receiptsAtRisk(
    two,
    [...REGIONS, "observer"],
    [{ receipts: 2, holders: new Set(["a", "b", "observer"]) }],
  );
  expect(atRisk.get("observer")).toBe(0);
});

test("each threshold over each set of holders, against the policy's truth table", () => {
  const policies: readonly QuorumPolicy[] = [1, 2, 3].map((threshold) => weightPolicy(threshold, voters));
  const heavy = weightPolicy(3, [{ regionId: "a", weight: 2, zone: undefined }, ...voters.slice(1)]);
  for (const policy of [...policies, heavy])
    for (const set of SETS)
      for (const [index, regionId] of REGIONS.entries()) {
        const holds = (holders: number) => ((policyTable(policy) >> holders) & 1) === 1;
        const falls = holds(set) && !holds(set & ~(1 << index));
        expect(receiptsAtRisk(policy, REGIONS, [held(1, set)]).get(regionId)).toBe(falls ? 1 : 0);
      }
});
