import { describe, expect, test } from "vitest";
import {
  applyEnvironment,
  configShape,
  configVariables,
  type EnvironmentVariable,
  parseConfig,
} from "../../src/index.ts";

describe("each key has its variable", () => {
  test("in capitals", () => {
    expect(configVariables.map(({ path }) => path.join("."))).toEqual(Object.keys(configShape));
    expect(configVariables.map(({ name }) => name)).toContain("RSYNC_CROSS_REGION_SYNC_ENABLED");
  });

  test("over what the file says, which stays as it is", () => {
    const file = { region: "a", quorumThreshold: 1, maxRetries: 5 };
    const { input, problems } = applyEnvironment(file, {
      RSYNC_REGION: "b",
      RSYNC_QUORUM_THRESHOLD: "2",
      RSYNC_CROSS_REGION_SYNC_ENABLED: "true",
      RSYNC_REGIONS: '[{"regionId":"c","endpoint":"http://c"}]',
      RSYNC_TIMEOUT: "2s",
      RSYNC_RETRY_BACKOFF_INITIAL: "250",
      RSYNC_WAIT_FOR: "all",
      PATH: "/bin",
    });
    expect(problems).toEqual([]);
    expect(input).toEqual({
      region: "b",
      quorumThreshold: 2,
      maxRetries: 5,
      crossRegionSyncEnabled: true,
      regions: [{ regionId: "c", endpoint: "http://c" }],
      timeout: "2s",
      retryBackoffInitial: 250,
      waitFor: "all",
    });
    expect(file).toEqual({ region: "a", quorumThreshold: 1, maxRetries: 5 });
    expect(parseConfig(input).kind).toBe("valid");
  });

  test.each([
    ["majority", "majority"],
    ['{"threshold":2,"minZones":2}', { threshold: 2, minZones: 2 }],
  ])("RSYNC_QUORUM=%s", (text, quorum) => {
    expect(applyEnvironment(undefined, { RSYNC_QUORUM: text })).toEqual({ input: { quorum }, problems: [] });
  });
});

describe("problems", () => {
  test("all at once, under the variable's name, without the value", () => {
    const { problems } = applyEnvironment(
      {},
      {
        RSYNC_QUORUM_THRESHOLD: "secret",
        RSYNC_REQUIRE_DURABLE: "yes",
        RSYNC_REGIONS: "[secret",
        RSYNC_MAX_RETRIES: "",
        RSYNC_QUORUM_TRESHOLD: "2",
      },
    );
    expect(problems).toEqual([
      { path: "RSYNC_QUORUM_THRESHOLD", message: "RSYNC_QUORUM_THRESHOLD must be a number" },
      { path: "RSYNC_REQUIRE_DURABLE", message: "RSYNC_REQUIRE_DURABLE must be true or false" },
      { path: "RSYNC_REGIONS", message: "RSYNC_REGIONS must be JSON" },
      { path: "RSYNC_MAX_RETRIES", message: "RSYNC_MAX_RETRIES must be a number" },
      {
        path: "RSYNC_QUORUM_TRESHOLD",
        message: "RSYNC_QUORUM_TRESHOLD belongs to no key (did you mean RSYNC_QUORUM_THRESHOLD?)",
      },
    ]);
  });

  test("a region that was to come from an empty variable is not silently us-east-1", () => {
    const { input } = applyEnvironment(undefined, { RSYNC_REGION: "" });
    expect(parseConfig(input)).toMatchObject({ problems: [{ message: "Region identifier cannot be empty" }] });
  });

  test("names of others are left alone", () => {
    expect(applyEnvironment({}, { RSYNC_URL: "http://x" }, { otherNames: ["RSYNC_URL"] }).problems).toEqual([]);
    expect(applyEnvironment({}, { RSYNC_URL: "http://x" }).problems).toHaveLength(1);
  });
});

describe("an app's own variables", () => {
  const alsoVariables: readonly EnvironmentVariable[] = [
    { name: "RSYNC_LISTEN_APP", path: ["listen", "app"], form: "text" },
    { name: "RSYNC_LOG_RECEIPTS", path: ["log", "receipts"], form: "boolean" },
  ];

  test("may lie deeper, beside what the file says", () => {
    const file = { listen: { peer: "p" } };
    const { input } = applyEnvironment(file, { RSYNC_LISTEN_APP: "a", RSYNC_LOG_RECEIPTS: "true" }, { alsoVariables });
    expect(input).toEqual({ listen: { peer: "p", app: "a" }, log: { receipts: true } });
    expect(file).toEqual({ listen: { peer: "p" } });
  });

  test.each([{ listen: 5 }, { listen: ["p"] }, ["listen"], "listen", 5])("do not repair %j on the way", (file) => {
    expect(applyEnvironment(file, { RSYNC_LISTEN_APP: "a" }, { alsoVariables }).input).toEqual(file);
  });

  test("take the place of an empty part", () => {
    const { input } = applyEnvironment({ listen: null }, { RSYNC_LISTEN_APP: "a" }, { alsoVariables });
    expect(input).toEqual({ listen: { app: "a" } });
  });
});

test("over a legacy file in snake_case the variable takes the old key's place", () => {
  const file = { receipt_sync_endpoints: ["http://b.example"], quorum_threshold: 1, cross_region_sync_enabled: true };
  const { input } = applyEnvironment(file, { RSYNC_QUORUM_THRESHOLD: "2" });
  expect(parseConfig(input)).toMatchObject({ kind: "valid", config: { quorumThreshold: 2 } });
});

test("an empty file is an empty configuration", () => {
  expect(applyEnvironment(null, { RSYNC_REGION: "b" }).input).toEqual({ region: "b" });
});

test("variables of rsync(1) are nobody's mistake", () => {
  const environment = { RSYNC_RSH: "ssh", RSYNC_PASSWORD: "secret", RSYNC_REGION: "b", RSYNC_RHS: "ssh" };
  const { input, problems } = applyEnvironment(undefined, environment);
  expect(input).toEqual({ region: "b" });
  expect(problems.map(({ path }) => path)).toEqual(["RSYNC_RHS"]);
});
