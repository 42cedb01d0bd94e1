import { describe, expect, test } from "vitest";
import { describeConfigProblems, parseConfig } from "../../src/index.ts";

const pair = [
  { regionId: "b", endpoint: "http://b.example.com" },
  { regionId: "c", endpoint: "http://c.example.com" },
];
const base = { region: "a", crossRegionSyncEnabled: true, regions: pair };

function problemsOf(input: unknown) {
  const parsed = parseConfig(input);
  return parsed.kind === "invalid" ? parsed.problems : [];
}
const pathsOf = (input: unknown) => problemsOf(input).map(({ path }) => path);

describe("one problem of each kind, at its path", () => {
  const withRegion = (changes: object) => ({ ...base, regions: [{ ...pair[0], ...changes }, pair[1]] });
  const rows: readonly [string, unknown, path: string, message: string | RegExp][] = [
    ["no object", [], "", "The configuration must be an object"],
    ["no object", "region: a", "", "The configuration must be an object"],
    ["region of a wrong type", { region: 5 }, "region", /expected string/],
    ["region with a line break", { region: "us\neast" }, "region", /control characters/],
    ["region with half a character", { region: "\ud800" }, "region", /surrogate/],
    ["region too long", { region: "x".repeat(129) }, "region", /at most 128/],
    ["empty primary region", { primaryRegion: "" }, "primaryRegion", /cannot be empty/],
    ["sync flag as text", { crossRegionSyncEnabled: "true" }, "crossRegionSyncEnabled", /expected boolean/],
    ["regions that are no list", { regions: {} }, "regions", /expected array/],
    ["a region that is none", { regions: [5] }, "regions[0]", "A region must be an object with regionId and endpoint"],
    ["region id missing", { regions: [{ endpoint: "http://b" }] }, "regions[0].regionId", "Region ID cannot be empty"],
    [
      "endpoint missing",
      { regions: [{ regionId: "b" }] },
      "regions[0].endpoint",
      "Endpoint cannot be empty for region b",
    ],
    [
      "region id of the local region",
      withRegion({ regionId: "a" }),
      "regions[0].regionId",
      "Region ID a is the local region",
    ],
    ["region id twice", withRegion({ regionId: "c" }), "regions[1].regionId", "Region ID c is used by another region"],
    [
      "endpoint twice, in another spelling",
      withRegion({ endpoint: "HTTP://C.example.com:80/" }),
      "regions[1].endpoint",
      "Endpoint http://c.example.com for region c belongs to region b already",
    ],
    [
      "timeout of a wrong type",
      withRegion({ timeout: true }),
      "regions[0].timeout",
      /^Timeout must be milliseconds.* for region b$/,
    ],
    ["timeout in words", withRegion({ timeout: "5 seconds" }), "regions[0].timeout", /^Timeout must be milliseconds/],
    ["negative weight", withRegion({ weight: -1 }), "regions[0].weight", /^Weight must be at least 0/],
    ["half a vote", withRegion({ weight: 0.5 }), "regions[0].weight", "Weight must be a whole number for region b"],
    [
      "priority in words",
      withRegion({ priority: "high" }),
      "regions[0].priority",
      "Priority must be a whole number for region b",
    ],
    ["empty zone", withRegion({ zone: "" }), "regions[0].zone", /^Zone cannot be empty/],
    ["unknown protocol", withRegion({ protocol: "v1" }), "regions[0].protocol", /auto.*strict.* for region b$/],
    [
      "unknown key",
      withRegion({ wieght: 1 }),
      "regions[0].wieght",
      'Unknown key "wieght" (did you mean "weight"?) for region b',
    ],
    [
      "unknown key at the top",
      { quorumTreshold: 2 },
      "quorumTreshold",
      'Unknown key "quorumTreshold" (did you mean "quorumThreshold"?)',
    ],
    ["a key like nothing known", { colour: 2 }, "colour", /^Unknown key "colour" \(known are region, primaryRegion/],
    ["a key with a dot", { "a.b": 2 }, '["a.b"]', /Unknown key/],
    [
      "quorum threshold of a part",
      { ...base, quorumThreshold: 1.5 },
      "quorumThreshold",
      "Quorum threshold must be a whole number",
    ],
    [
      "threshold above the weight",
      { ...base, localWeight: 0, quorumThreshold: 3 },
      "quorumThreshold",
      "Quorum threshold 3 exceeds total regions 2",
    ],
    [
      "a total of weight 0",
      { ...base, localWeight: 0, regions: [{ ...pair[0], weight: 0 }] },
      "quorumThreshold",
      "Quorum threshold 1 exceeds total regions 0",
    ],
    [
      "majority of nobody",
      { ...base, quorum: "majority", localWeight: 0, regions: [{ ...pair[0], weight: 0 }] },
      "quorum",
      /exceeds total regions 0/,
    ],
    [
      "both quorums",
      { ...base, quorumThreshold: 2, quorum: "all" },
      "quorum",
      "Give either quorum or quorumThreshold, not both",
    ],
    ["quorum in other words", { ...base, quorum: "most" }, "quorum", /^quorum must be "majority", "all"/],
    [
      "a misspelled key in quorum",
      { ...base, quorum: { threshold: 1, of: [{ region: "a", wieght: 1 }] } },
      "quorum.of[0].wieght",
      /did you mean "weight"/,
    ],
    ["an empty group", { ...base, quorum: { threshold: 1, of: [] } }, "quorum.of", /at least one region/],
    [
      "threshold 0 in a group",
      { ...base, quorum: { threshold: 1, of: [{ threshold: 0, of: [{ region: "a" }] }] } },
      "quorum.of[0].threshold",
      "Quorum threshold must be at least 1",
    ],
    [
      "weight 0 in a group",
      { ...base, quorum: { threshold: 1, of: [{ region: "a", weight: 0 }, { region: "b" }] } },
      "quorum.of[0].weight",
      /at least 1/,
    ],
    [
      "zones without zones",
      { ...base, quorum: { threshold: 2, minZones: 1 }, localZone: "x", regions: [{ ...pair[0], zone: "y" }, pair[1]] },
      "quorum.minZones",
      /Zone missing for region c/,
    ],
    [
      "minZones 0",
      { ...base, quorum: { threshold: 2, minZones: 0 } },
      "quorum.minZones",
      "minZones must be at least 1",
    ],
    ["unknown waitFor", { waitFor: "some" }, "waitFor", /quorum.*all/],
    ["no timeout", { timeout: 0 }, "timeout", "Timeout must be > 0"],
    ["a timeout beyond any timer", { timeout: "1000h" }, "timeout", /at most 2147483647 ms/],
    ["retries of a part", { maxRetries: 2.5 }, "maxRetries", "Max retries must be a whole number"],
    ["retries without end", { maxRetries: 1001 }, "maxRetries", "Max retries must be at most 1000"],
    ["no backoff", { retryBackoffInitial: "0s" }, "retryBackoffInitial", "Retry backoff must be > 0"],
    [
      "a maximum below the start",
      { retryBackoffInitial: "3s", retryBackoffMax: "2s" },
      "retryBackoffMax",
      /less than retryBackoffInitial/,
    ],
    ["a maximum below the default start", { retryBackoffMax: 500 }, "retryBackoffMax", /less than retryBackoffInitial/],
    ["unknown jitter", { retryJitter: "some" }, "retryJitter", /none.*full.*equal/],
    ["null is no value", { region: null }, "region", /null/],
  ];
  test.each(rows)("%s", (_, input, path, message) => {
    const problems = problemsOf(input);
    expect(problems.map((problem) => problem.path)).toEqual([path]);
    if (typeof message === "string") expect(problems[0]?.message).toBe(message);
    else expect(problems[0]?.message).toMatch(message);
  });
});

describe("a quorum that fits no form is told by the form that it was meant for", () => {
  const rows: readonly [quorum: unknown, problems: readonly [path: string, message: RegExp][]][] = [
    [{ threshold: "2", minZones: 1 }, [["quorum.threshold", /^Quorum threshold must be a whole number$/]]],
    [{ threshold: "2", of: [{ region: "a" }] }, [["quorum.threshold", /^Quorum threshold must be a whole number$/]]],
    [{ threshold: 2, of: "a" }, [["quorum.of", /expected array/]]],
    [{ threshold: 1, of: [{ region: 5 }] }, [["quorum.of[0].region", /expected string/]]],
    [{ threshold: 1, of: [5] }, [["quorum.of[0]", /Invalid input/]]],
    [
      { treshold: 2, minZones: 1 },
      [
        ["quorum.threshold", /whole number/],
        ["quorum.treshold", /^Unknown key "treshold" \(did you mean "threshold"\?\)$/],
      ],
    ],
    [
      { threshold: 1, of: [{ treshold: 1, of: [{ region: "a" }, { region: "b" }] }] },
      [
        ["quorum.of[0].threshold", /whole number/],
        ["quorum.of[0].treshold", /^Unknown key "treshold" \(did you mean "threshold"\?\)$/],
      ],
    ],
  ];
  test.each(rows)("%j", (quorum, expected) => {
    const found = problemsOf({ ...base, quorum }).toSorted((left, right) => (left.path < right.path ? -1 : 1));
    expect(found.map(({ path }) => path)).toEqual(expected.map(([path]) => path));
    for (const [index, [, message]] of expected.entries()) expect(found[index]?.message).toMatch(message);
  });
});

describe("two regions at one endpoint", () => {
  const twice = { endpoint: "http://b.example.com" };
  test.each([
    [pair[0], { ...twice, regionId: "d" }, "for region d belongs to region b already"],
    [pair[0], twice, "belongs to region b already"],
    [twice, { ...twice, regionId: "d" }, "for region d belongs to region regions[0] already"],
  ])("%j and %j", (first, second, words) => {
    expect(problemsOf({ ...base, regions: [first, second] })).toContainEqual({
      path: "regions[1].endpoint",
      message: `Endpoint http://b.example.com ${words}`,
    });
  });
});

test.each([undefined, null, {}])("%j is a configuration of defaults", (input) => {
  expect(parseConfig(input)).toMatchObject({ kind: "valid", config: { region: "us-east-1", quorumThreshold: 1 } });
});

describe("problems as text", () => {
  const whole = { path: "", message: "The configuration must be an object" };
  const region = { path: "region", message: "Region identifier cannot be empty" };
  test.each([
    [[], ""],
    [[whole], "The configuration must be an object"],
    [[region], "Region identifier cannot be empty"],
    [[whole, region], "The configuration must be an object\nregion: Region identifier cannot be empty"],
  ])("%j", (problems, text) => {
    expect(describeConfigProblems(problems)).toBe(text);
  });
});

describe("all problems at once", () => {
  test("of values, of relations between the values that are right, of nested regions", () => {
    const paths = pathsOf({
      region: "",
      regions: [{ regionId: "b", endpoint: "ftp://b", timeout: 0, weight: -1 }, { regionId: "b", endpoint: "" }, 7],
      crossRegionSyncEnabled: 1,
      maxRetries: 0,
      retryBackoffInitial: "5s",
      retryBackoffMax: "1s",
      extra: 1,
    });
    expect(paths.toSorted()).toEqual([
      "crossRegionSyncEnabled",
      "extra",
      "maxRetries",
      "region",
      "regions[0].endpoint",
      "regions[0].timeout",
      "regions[0].weight",
      "regions[1].endpoint",
      "regions[1].regionId",
      "regions[2]",
      "retryBackoffMax",
    ]);
  });

  test("a wrong key elsewhere does not hide a quorum that is too large", () => {
    expect(pathsOf({ ...base, quorumThreshold: 9, maxRetries: 0 })).toEqual(["maxRetries", "quorumThreshold"]);
  });

  test("a wrong weight is not followed by guesses about sums", () => {
    expect(pathsOf({ ...base, quorumThreshold: 9, localWeight: "1" })).toEqual(["localWeight"]);
  });
});

describe("keys of an app", () => {
  const input = { ...base, listen: { app: "127.0.0.1:7400" } };

  test("are left alone when they are announced", () => {
    expect(parseConfig(input, { otherKeys: ["listen", "store"] }).kind).toBe("valid");
    expect(pathsOf(input)).toEqual(["listen"]);
  });

  test("are suggested", () => {
    const parsed = parseConfig({ ...base, stoer: "sqlite:x" }, { otherKeys: ["listen", "store"] });
    expect(parsed).toMatchObject({ problems: [{ message: 'Unknown key "stoer" (did you mean "store"?)' }] });
  });
});

describe("what is resolved", () => {
  test("quorum to a policy over all regions, observers left out", () => {
    const parsed = parseConfig({
      ...base,
      quorum: "majority",
      localWeight: 2,
      regions: [...pair, { regionId: "o", endpoint: "http://o", weight: 0 }],
    });
    expect(parsed).toMatchObject({
      config: {
        quorumThreshold: undefined,
        policy: {
          label: "majority",
          threshold: 3,
          of: [
            { weight: 2, policy: { regionId: "a" } },
            { weight: 1, policy: { regionId: "b" } },
            { weight: 1, policy: { regionId: "c" } },
          ],
        },
      },
    });
  });

  test("nothing but what Config names, and no key of the written form", () => {
    const parsed = parseConfig({ ...base, timeout: "2s", retryBackoffMax: "1m", quorum: "all" });
    const keys = parsed.kind === "valid" ? Object.keys(parsed.config).toSorted() : [];
    expect(keys).toEqual(
      [
        "crossRegionSyncEnabled",
        "localWeight",
        "localZone",
        "maxRetries",
        "policy",
        "primaryRegion",
        "quorumThreshold",
        "region",
        "regions",
        "requireDurable",
        "retryBackoffInitialMs",
        "retryBackoffMaxMs",
        "retryJitter",
        "timeoutMs",
        "waitFor",
      ].toSorted(),
    );
    expect(parsed).toMatchObject({ config: { timeoutMs: 2000, retryBackoffMaxMs: 60_000 } });
  });

  test("undefined values are absent ones", () => {
    expect(parseConfig({ ...base, quorum: undefined, timeout: undefined, quorumThreshold: 2 }).kind).toBe("valid");
  });

  test("with sync disabled a quorum that cannot be met is no problem yet", () => {
    const disabled = { ...base, crossRegionSyncEnabled: false };
    for (const quorum of [
      { threshold: 9, minZones: 9 },
      { threshold: 1, of: [{ region: "unknown" }] },
    ]) {
      expect(parseConfig({ ...disabled, quorum }).kind).toBe("valid");
    }
  });
});
