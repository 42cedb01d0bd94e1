import { describe, expect, test } from "vitest";
import type { QuorumInput, Voter } from "../../src/index.ts";
import { verdict } from "../../src/index.ts";
import { resolveQuorum } from "../../src/quorum/resolve-quorum.ts";

const voters: readonly Voter[] = [
  { regionId: "us-east", weight: 1, zone: "us" },
  { regionId: "us-west", weight: 1, zone: "us" },
  { regionId: "eu-west", weight: 1, zone: "eu" },
  { regionId: "eu-north", weight: 1, zone: "eu" },
  { regionId: "watcher", weight: 0, zone: undefined },
];
const member = (region: string, weight?: number) => (weight === undefined ? { region } : { region, weight });

function problems(quorum: QuorumInput | number) {
  return resolveQuorum(quorum, voters, "quorum").problems;
}

function satisfiedBy(quorum: QuorumInput | number, ...confirmed: readonly string[]): boolean {
  const { policy } = resolveQuorum(quorum, voters, "quorum");
  return verdict(policy, (regionId) => (confirmed.includes(regionId) ? "confirmed" : "refused")) === "satisfied";
}

describe("what a written quorum means", () => {
  const europe = { threshold: 2, of: [member("eu-west"), member("eu-north")], label: "EU" };
  const outside = { threshold: 1, of: [member("us-east"), member("us-west")] };
  const twoInEuropeOneOutside: QuorumInput = { threshold: 2, of: [europe, outside] };

  test("2 in the EU and 1 outside", () => {
    expect(problems(twoInEuropeOneOutside)).toEqual([]);
    expect(satisfiedBy(twoInEuropeOneOutside, "eu-west", "eu-north", "us-east")).toBe(true);
    expect(satisfiedBy(twoInEuropeOneOutside, "eu-west", "us-west", "us-east")).toBe(false);
    expect(satisfiedBy(twoInEuropeOneOutside, "eu-west", "eu-north")).toBe(false);
  });

  test("labels: as written, else the path", () => {
    const { policy } = resolveQuorum(twoInEuropeOneOutside, voters, "quorum");
    const labels = policy.kind === "threshold" ? policy.of.map(({ policy }) => "label" in policy && policy.label) : [];
    expect(labels).toEqual(["EU", "quorum.of[1]"]);
  });

  test("weights in groups are the group's own", () => {
    const heavy: QuorumInput = {
      threshold: 2,
      of: [member("us-east", 2), member("us-west"), { ...outside, of: [member("eu-west")], weight: 2 }],
    };
    expect(problems(heavy)).toEqual([]);
    expect(satisfiedBy(heavy, "us-east")).toBe(true);
    expect(satisfiedBy(heavy, "us-west")).toBe(false);
    expect(satisfiedBy(heavy, "eu-west")).toBe(true);
  });

  test("a number, majority, all and zones", () => {
    expect(satisfiedBy(2, "us-east", "us-west")).toBe(true);
    expect(satisfiedBy("majority", "us-east", "us-west")).toBe(false);
    expect(satisfiedBy("majority", "us-east", "us-west", "eu-west")).toBe(true);
    expect(satisfiedBy("all", "us-east", "us-west", "eu-west")).toBe(false);
    expect(satisfiedBy("all", "us-east", "us-west", "eu-west", "eu-north")).toBe(true);
    expect(satisfiedBy({ threshold: 2, minZones: 2 }, "us-east", "us-west")).toBe(false);
    expect(satisfiedBy({ threshold: 2, minZones: 2 }, "us-east", "eu-west")).toBe(true);
  });
});

describe("what is refused", () => {
  const rows: readonly [string, QuorumInput | number, readonly [path: string, message: RegExp][]][] = [
    ["more than there is", 5, [["quorum", /^Quorum threshold 5 exceeds total regions 4$/]]],
    [
      "more than there is, with zones",
      { threshold: 5, minZones: 1 },
      [["quorum.threshold", /exceeds total regions 4/]],
    ],
    [
      "zones that are not there",
      { threshold: 1, minZones: 3 },
      [["quorum.minZones", /minZones 3 exceeds the 2 zones/]],
    ],
    [
      "more than a group has",
      { threshold: 3, of: [member("us-east"), member("us-west")] },
      [["quorum.threshold", /exceeds total weight 2 of this group/]],
    ],
    [
      "an unknown region",
      { threshold: 1, of: [member("us-east"), { threshold: 1, of: [member("mars")] }] },
      [["quorum.of[1].of[0].region", /Region mars is not configured; known are us-east/]],
    ],
    ["an observer", { threshold: 1, of: [member("watcher")] }, [["quorum.of[0].region", /observer/]]],
    [
      "self-quorum: one region under two counted branches",
      {
        threshold: 2,
        of: [member("us-east"), { threshold: 1, of: [member("us-east"), member("us-west")] }, member("eu-west")],
      },
      [["quorum.of[1]", /Region us-east stands in of\[0\] too and would be counted twice/]],
    ],
    [
      "a region written twice, even where both are needed",
      { threshold: 2, of: [member("us-east"), member("us-east")] },
      [["quorum.of[1]", /counted twice/]],
    ],
  ];
  test.each(rows)("%s", (_, quorum, expected) => {
    const found = problems(quorum);
    expect(found.map(({ path }) => path)).toEqual(expected.map(([path]) => path));
    for (const [index, [, message]] of expected.entries()) expect(found[index]?.message).toMatch(message);
  });

  test("a voter without zone, where zones count", () => {
    const { problems } = resolveQuorum(
      { threshold: 1, minZones: 1 },
      [...voters, { regionId: "x", weight: 1, zone: undefined }],
      "quorum",
    );
    expect(problems).toEqual([
      {
        path: "quorum.minZones",
        message: "Zone missing for region x: minZones counts the zones of all regions that vote",
      },
    ]);
  });
});

test("a region may stand in two branches where both are needed", () => {
  const anyTwoAndEast: QuorumInput = {
    threshold: 2,
    of: [{ threshold: 2, of: [member("us-east"), member("us-west"), member("eu-west")] }, member("us-east")],
  };
  expect(problems(anyTwoAndEast)).toEqual([]);
  expect(satisfiedBy(anyTwoAndEast, "us-west", "eu-west")).toBe(false);
  expect(satisfiedBy(anyTwoAndEast, "us-east", "eu-west")).toBe(true);
});
