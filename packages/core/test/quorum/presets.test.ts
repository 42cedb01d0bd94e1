import { describe, expect, test } from "vitest";
import {
  allPolicy,
  bothPolicies,
  majorityPolicy,
  policyRegions,
  type QuorumPolicy,
  type Verdict,
  type Voter,
  verdict,
  weightPolicy,
  zonesPolicy,
} from "../../src/index.ts";

const voter = (regionId: string, weight = 1, zone?: string): Voter => ({ regionId, weight, zone });

/** The verdict when these confirm, those refuse and the others wait. */
function judge(policy: QuorumPolicy, confirmed: string, refused = ""): Verdict {
  return verdict(policy, (id) => (confirmed.includes(id) ? "confirmed" : refused.includes(id) ? "refused" : "waiting"));
}

describe("weights", () => {
  const voters = [voter("a", 3), voter("b"), voter("c"), voter("o", 0)];
  test.each([
    [3, "a", "", "satisfied"],
    [3, "bc", "", "pending"],
    [3, "bc", "a", "unreachable"],
    [4, "a", "", "pending"],
    [4, "ab", "", "satisfied"],
    [5, "abc", "", "satisfied"],
    [5, "ab", "c", "unreachable"],
  ])("threshold %i, confirmed %s, refused %s: %s", (threshold, confirmed, refused, expected) => {
    expect(judge(weightPolicy(threshold, voters), confirmed, refused)).toBe(expected);
  });

  test("an observer never votes", () => {
    expect(policyRegions(weightPolicy(1, voters))).toEqual(["a", "b", "c"]);
    expect(policyRegions(zonesPolicy(1, 1, [voter("a", 1, "x"), voter("o", 0, "y")]))).toEqual(["a"]);
  });
});

test.each([
  [[1], 1],
  [[1, 1], 2],
  [[1, 1, 1], 2],
  [[1, 1, 1, 1], 3],
  [[2, 1, 1], 3],
  [[3, 1, 1], 3],
])("a majority of weights %j is %i", (weights, threshold) => {
  expect(majorityPolicy(weights.map((weight, index) => voter(`r${index}`, weight))).threshold).toBe(threshold);
});

test("all is every vote", () => {
  const policy = allPolicy([voter("a", 2), voter("b"), voter("o", 0)]);
  expect(judge(policy, "a")).toBe("pending");
  expect(judge(policy, "ab")).toBe("satisfied");
  expect(judge(policy, "a", "b")).toBe("unreachable");
});

describe("weight and zones", () => {
  const policy = zonesPolicy(2, 2, [voter("a", 1, "x"), voter("b", 1, "x"), voter("c", 1, "y")]);
  test.each([
    ["ab", "", "pending"],
    ["ab", "c", "unreachable"],
    ["ac", "b", "satisfied"],
    ["bc", "", "satisfied"],
    ["c", "ab", "unreachable"],
    ["c", "a", "pending"],
  ])("confirmed %s, refused %s: %s", (confirmed, refused, expected) => {
    expect(judge(policy, confirmed, refused)).toBe(expected);
  });

  test("one heavy region is one zone", () => {
    expect(judge(zonesPolicy(2, 2, [voter("a", 5, "x"), voter("c", 1, "y")]), "a")).toBe("pending");
  });
});

test("both must hold", () => {
  const policy = bothPolicies({ kind: "region", regionId: "a" }, weightPolicy(2, [voter("a"), voter("b"), voter("c")]));
  expect(judge(policy, "bc")).toBe("pending");
  expect(judge(policy, "ab")).toBe("satisfied");
  expect(judge(policy, "bc", "a")).toBe("unreachable");
});
