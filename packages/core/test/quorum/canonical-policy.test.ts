import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  canonicalPolicyBytes,
  canonicalPolicyText,
  configVoters,
  parseConfig,
  type QuorumInput,
} from "../../src/index.ts";

const regions = [
  { regionId: "us-east-1", endpoint: "http://east.example.com", weight: 2, zone: "us" },
  { regionId: "us-west-1", endpoint: "http://west.example.com", zone: "us" },
  { regionId: "eu-west-1", endpoint: "http://eu.example.com", zone: "eu" },
  { regionId: "watcher", endpoint: "http://watcher.example.com", weight: 0 },
];

/** The configuration of one deployment as its region `local` writes it, in this order. */
function textAt(local: number, order: readonly number[], quorum: QuorumInput | number, priority = 0): string {
  const own = regions[local];
  const config = parseConfig({
    region: own?.regionId,
    localWeight: own?.weight,
    localZone: own?.zone,
    crossRegionSyncEnabled: true,
    regions: order.filter((index) => index !== local).map((index) => ({ ...regions[index], priority })),
    ...(typeof quorum === "number" ? { quorumThreshold: quorum } : { quorum }),
  });
  if (config.kind === "invalid") throw new Error(JSON.stringify(config.problems));
  return canonicalPolicyText(config.config.policy, configVoters(config.config));
}

const groups: QuorumInput = {
  threshold: 2,
  of: [{ threshold: 1, of: [{ region: "us-east-1" }, { region: "us-west-1" }], label: "US" }, { region: "eu-west-1" }],
};

test("is the same for every region of a deployment, whatever the order of writing", () => {
  const quorums = fc.constantFrom<QuorumInput | number>(2, "majority", "all", { threshold: 3, minZones: 2 }, groups);
  const order = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 });
  return fc.assert(
    fc.property(
      fc.nat({ max: 3 }),
      order,
      quorums,
      fc.integer({ min: -5, max: 5 }),
      (local, order, quorum, priority) => {
        expect(textAt(local, order, quorum, priority)).toBe(textAt(0, [0, 1, 2, 3], quorum));
      },
    ),
  );
});

test("differs when region, weight, zone or threshold differ", () => {
  const voters = [
    { regionId: "a", weight: 1, zone: "x" },
    { regionId: "b", weight: 1, zone: undefined },
  ];
  const policy = {
    kind: "threshold",
    label: "l",
    threshold: 1,
    of: [{ weight: 1, policy: { kind: "region", regionId: "a" } }],
  } as const;
  const texts = [
    canonicalPolicyText(policy, voters),
    canonicalPolicyText({ ...policy, threshold: 2 }, voters),
    canonicalPolicyText({ kind: "region", regionId: "a" }, voters),
    canonicalPolicyText({ ...policy, of: [{ weight: 2, policy: policy.of[0].policy }] }, voters),
    canonicalPolicyText(policy, voters.with(0, { regionId: "a", weight: 2, zone: "x" })),
    canonicalPolicyText(policy, voters.with(0, { regionId: "a", weight: 1, zone: "y" })),
    canonicalPolicyText(policy, voters.with(1, { regionId: "c", weight: 1, zone: undefined })),
  ];
  expect(new Set(texts).size).toBe(texts.length);
  expect(canonicalPolicyText({ ...policy, label: "other" }, voters)).toBe(texts[0]);
});

test("has a form that others can write down", () => {
  const text = textAt(0, [0, 1, 2, 3], 3);
  expect(text).toBe(
    '{"policy":{"of":[[1,{"region":"eu-west-1"}],[1,{"region":"us-west-1"}],[2,{"region":"us-east-1"}]],"threshold":3},' +
      '"regions":[["eu-west-1",1,"eu"],["us-east-1",2,"us"],["us-west-1",1,"us"],["watcher",0,null]]}',
  );
  const voters = [{ regionId: "é", weight: 1, zone: undefined }];
  const bytes = canonicalPolicyBytes({ kind: "region", regionId: "é" }, voters);
  expect(Buffer.from(bytes).toString("utf8")).toBe('{"policy":{"region":"é"},"regions":[["é",1,null]]}');
});
