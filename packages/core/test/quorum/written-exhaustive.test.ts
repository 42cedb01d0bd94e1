import { expect, test } from "vitest";
import type { QuorumGroupInput, QuorumMemberInput, Voter } from "../../src/index.ts";
import { resolveQuorum } from "../../src/quorum/resolve-quorum.ts";
import { claim } from "../lane/lane-parts.ts";
import { names, policyTable, REGIONS } from "./truth-table.ts";

type Part = QuorumMemberInput | QuorumGroupInput;

const voters = REGIONS.map((regionId): Voter => ({ regionId, weight: 1, zone: undefined }));
const members = REGIONS.map((region): QuorumMemberInput => ({ region }));
const groups = [1, 2, 3, 4, 5, 6, 7].flatMap((set) => {
  const of = names(set).map((region) => ({ region }));
  return of.map((_, index): QuorumGroupInput => ({ threshold: index + 1, of }));
});
const parts: readonly Part[] = [...members, ...groups];
const lists: readonly (readonly Part[])[] = [
  ...parts.map((part) => [part]),
  ...parts.flatMap((left) => parts.map((right) => [left, right])),
  ...parts.flatMap((left) => parts.flatMap((middle) => parts.map((right) => [left, middle, right]))),
];

function regionsIn(part: Part): readonly string[] {
  return "of" in part ? part.of.flatMap(regionsIn) : [part.region];
}

test("every written quorum of up to three parts: taken as meant, or refused for a reason", () => {
  let accepted = 0;
  for (const of of lists) {
    for (let threshold = 1; threshold <= of.length + 1; threshold += 1) {
      const { policy, problems } = resolveQuorum({ threshold, of }, voters, "quorum");
      const words = () => `${JSON.stringify({ threshold, of })}: ${JSON.stringify(problems)}`;
      const regions = of.flatMap(regionsIn);
      const shares = new Set(regions).size < regions.length;
      if (problems.length > 0) {
        claim(threshold > of.length || shares, words);
        continue;
      }
      accepted += 1;
      const quorums = [0, 1, 2, 3, 4, 5, 6, 7].filter((set) => (policyTable(policy) >> set) & 1).map(names);
      claim(quorums.length > 0, words);
      // Parts that are all needed may share a region, which then speaks in each of them; counted ones may not.
      const needed = threshold < of.length || !shares ? threshold : 1;
      for (const quorum of quorums) claim(quorum.length >= needed, words);
    }
  }
  expect(accepted).toBeGreaterThan(parts.length);
});
