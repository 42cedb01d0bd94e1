import { describe, expect, test } from "vitest";
import { type ConfigInput, checkPolicy, explainPolicy, parseConfig } from "../../src/index.ts";

function valid(input: ConfigInput) {
  const parsed = parseConfig({ region: "a", crossRegionSyncEnabled: true, ...input });
  if (parsed.kind === "invalid") throw new Error(JSON.stringify(parsed.problems));
  return parsed;
}
const remotes = (...regionIds: readonly string[]) =>
  regionIds.map((regionId) => ({ regionId, endpoint: `http://${regionId}`, protocol: "strict" as const }));
const kinds = (input: ConfigInput) => valid(input).warnings.map(({ kind }) => kind);

describe("warnings at load", () => {
  const rows: readonly [string, ConfigInput, readonly string[]][] = [
    ["2 of 3, strict: nothing to say", { regions: remotes("b", "c"), quorumThreshold: 2 }, []],
    ["1 of 3", { regions: remotes("b", "c") }, ["quorumsNeedNotOverlap", "localRegionSuffices"]],
    ["2 of 4", { regions: remotes("b", "c", "d"), quorumThreshold: 2 }, ["quorumsNeedNotOverlap"]],
    ["2 of 2", { regions: remotes("b"), quorumThreshold: 2 }, ["oneLossBlocks"]],
    ["all of 3", { regions: remotes("b", "c"), quorum: "all" }, ["oneLossBlocks"]],
    [
      "a heavy local region",
      { regions: remotes("b", "c"), localWeight: 3, quorum: "majority" },
      ["localRegionSuffices", "oneLossBlocks"],
    ],
    ["sync disabled", { regions: remotes("b"), crossRegionSyncEnabled: false }, ["syncDisabled"]],
    ["a region alone", { regions: [], crossRegionSyncEnabled: false }, ["syncDisabled"]],
    ["too many to analyse", { regions: remotes(..."bcdefghijklmnopq"), quorum: "majority" }, ["notAnalysed"]],
  ];
  test.each(rows)("%s", (_, input, expected) => {
    expect(kinds(input)).toEqual(expected);
  });

  test("say which regions", () => {
    expect(valid({ regions: remotes("b", "c"), quorum: "all" }).warnings).toMatchObject([
      {
        regionIds: ["a", "b", "c"],
        message: "The loss of one region already blocks: nothing commits without a or without b or without c",
      },
    ]);
    const [overlap, local] = valid({ regions: remotes("b") }).warnings;
    expect(overlap).toMatchObject({ quorums: [["a"], ["b"]] });
    expect(local?.message).toBe(
      "The quorum is met without any remote region: committed means that a alone holds the receipt",
    );
  });
});

describe("regions that have proved nothing", () => {
  const auto = { regionId: "c", endpoint: "http://c" };
  const regions = [...remotes("b"), auto];

  test("are warned about where they can complete a quorum", () => {
    expect(valid({ regions, quorumThreshold: 2 }).warnings).toMatchObject([{ kind: "unproven", regionIds: ["c"] }]);
  });

  test("not when they have sent our headers, only observe, or durability is not asked for", () => {
    expect(checkPolicy(valid({ regions, quorumThreshold: 2 }).config, new Set(["c"]))).toEqual([]);
    expect(kinds({ regions: [...remotes("b", "d"), { ...auto, weight: 0 }], quorumThreshold: 2 })).toEqual([]);
    expect(kinds({ regions, quorumThreshold: 2, requireDurable: false })).toEqual([]);
  });

  test("not when their vote can never matter", () => {
    const quorum = { threshold: 2, of: [{ region: "a", weight: 2 }, { region: "b", weight: 2 }, { region: "c" }] };
    expect(kinds({ regions, quorum })).not.toContain("unproven");
  });
});

describe("explaining a policy", () => {
  test("2 of 3: any two losses block, and any two could lose data", () => {
    const { losses, warnings } = explainPolicy(valid({ regions: remotes("b", "c"), quorumThreshold: 2 }).config);
    const pairs = [
      ["a", "b"],
      ["a", "c"],
      ["b", "c"],
    ];
    expect(losses).toEqual({
      kind: "analysed",
      blocksWrites: { count: 3, sets: pairs },
      couldLoseData: { count: 3, sets: pairs },
    });
    expect(warnings).toEqual([]);
  });

  test("lists are bounded, counts are not", () => {
    const { losses } = explainPolicy(valid({ regions: remotes(..."bcdefghijklmno"), quorum: "majority" }).config);
    if (losses.kind !== "analysed") throw new Error(losses.kind);
    expect(losses.couldLoseData.count).toBe(6435);
    expect(losses.couldLoseData.sets).toHaveLength(100);
  });

  test("too many regions are said to be", () => {
    const { losses } = explainPolicy(valid({ regions: remotes(..."bcdefghijklmnop"), quorum: "majority" }).config);
    expect(losses).toEqual({ kind: "tooManyRegions", regionCount: 16, regionCountMax: 15 });
  });
});
