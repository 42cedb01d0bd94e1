import { describe, expect, test } from "vitest";
import {
  ConfigError,
  type ConfigInput,
  explainPolicy,
  isPrimary,
  MultiRegionConfig,
  RemoteRegion,
} from "../../src/index.ts";
import { valid } from "./valid-config.ts";

/** The message of the error that the builder's `validate()` throws. */
function refusal(builder: { validate(): unknown }): string {
  try {
    builder.validate();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return error instanceof ConfigError ? error.message : "";
  }
  return "nothing was refused";
}

const west = RemoteRegion.create("us-west-1", "http://replica-west.example.com");
const europe = RemoteRegion.create("eu-west-1", "http://replica-eu.example.com");
const threeRegions = MultiRegionConfig.create("us-east-1")
  .addRegion(west)
  .addRegion(europe)
  .withCrossRegionSync(true)
  .withQuorumThreshold(2)
  .withMaxRetries(3)
  .withRetryBackoff("1s");

describe("seeds: configuration", () => {
  test("valid region configuration", () => {
    expect(west.validate()).toEqual({
      regionId: "us-west-1",
      endpoint: "http://replica-west.example.com",
      timeoutMs: 5000,
      weight: 1,
      priority: 0,
      zone: undefined,
      protocol: "auto",
      alias: false,
    });
  });

  test("invalid region id", () => {
    expect(refusal(RemoteRegion.create("", "http://replica-west.example.com"))).toBe("Region ID cannot be empty");
    expect(refusal(MultiRegionConfig.create(""))).toBe("Region identifier cannot be empty");
  });

  test("invalid endpoint", () => {
    expect(refusal(RemoteRegion.create("us-west-1", ""))).toBe("Endpoint cannot be empty for region us-west-1");
  });

  test("zero timeout", () => {
    for (const zero of [0, "0s", "0ms", -1, "-5s"]) {
      expect(refusal(west.withTimeout(zero))).toBe("Timeout must be > 0 for region us-west-1");
    }
  });

  test("valid multi-region config", () => {
    const config = threeRegions.validate();
    expect(config.regions.map(({ regionId }) => regionId)).toEqual(["us-west-1", "eu-west-1"]);
    expect(config).toMatchObject({ region: "us-east-1", crossRegionSyncEnabled: true, quorumThreshold: 2 });
  });

  test("sync enabled without regions", () => {
    expect(refusal(MultiRegionConfig.create("us-east-1").withCrossRegionSync(true))).toBe(
      "Cross-region sync enabled but no remote regions configured",
    );
  });

  test("sync disabled", () => {
    expect(MultiRegionConfig.create("us-east-1").validate().crossRegionSyncEnabled).toBe(false);
    expect(valid({ quorumThreshold: 5 }).quorumThreshold).toBe(5);
  });

  test("invalid quorum threshold", () => {
    expect(refusal(threeRegions.withQuorumThreshold(4))).toBe("Quorum threshold 4 exceeds total regions 3");
  });

  test("zero quorum", () => {
    expect(refusal(threeRegions.withQuorumThreshold(0))).toBe("Quorum threshold must be at least 1");
  });

  test("zero retries", () => {
    expect(refusal(threeRegions.withMaxRetries(0))).toBe("Max retries must be at least 1");
  });

  test("regional timeouts", () => {
    expect(west.validate().timeoutMs).toBe(5000);
    expect(west.withTimeout("10s").withWeight(2).validate()).toMatchObject({ timeoutMs: 10_000, weight: 2 });
    expect(west.withTimeout(500).validate().timeoutMs).toBe(500);
    const config = MultiRegionConfig.create("us-east-1")
      .addRegion(west.withTimeout("30s"))
      .addRegion(europe)
      .validate();
    expect(config.regions.map(({ timeoutMs }) => timeoutMs)).toEqual([30_000, 5_000]);
  });

  test("retry backoff configuration", () => {
    const { retries } = explainPolicy(threeRegions.validate());
    expect(retries).toEqual({ attemptsMax: 4, delaysMs: [1000, 2000, 4000], jitter: "none", waitTotalMs: 7000 });
    expect(explainPolicy(threeRegions.withMaxRetries(5).validate()).retries.delaysMs).toEqual([
      1000, 2000, 4000, 4000, 4000,
    ]);
    expect(threeRegions.withRetryBackoff("2s").validate().retryBackoffInitialMs).toBe(2000);
  });

  test("a first delay above the cap of 4 s, as the quick reference advises against traffic", () => {
    const config = threeRegions.withMaxRetries(1).withRetryBackoff("5s").validate();
    expect(config).toMatchObject({ retryBackoffInitialMs: 5000, retryBackoffMaxMs: 5000, maxRetries: 1 });
  });

  test("defaults", () => {
    expect(valid({})).toEqual({
      region: "us-east-1",
      primaryRegion: undefined,
      crossRegionSyncEnabled: false,
      regions: [],
      localZone: undefined,
      localWeight: 1,
      quorumThreshold: 1,
      policy: {
        kind: "threshold",
        label: "weight",
        threshold: 1,
        of: [{ weight: 1, policy: { kind: "region", regionId: "us-east-1" } }],
      },
      waitFor: "quorum",
      timeoutMs: 30_000,
      maxRetries: 3,
      retryBackoffInitialMs: 1_000,
      retryBackoffMaxMs: 4_000,
      retryJitter: "none",
      requireDurable: true,
    });
  });
});

describe("seeds: isPrimary", () => {
  test.each([
    [undefined, true],
    ["us-east-1", true],
    ["eu-west-1", false],
  ])("primary region %s: %s", (primaryRegion, expected) => {
    expect(isPrimary(valid({ region: "us-east-1", primaryRegion }))).toBe(expected);
  });
});

describe("seeds: builder", () => {
  test("sets every key", () => {
    const config = MultiRegionConfig.create("us-east-1")
      .addRegion(west.withTimeout("10s").withWeight(2).withPriority(3).withZone("us").withProtocol("strict"))
      .addRegion({ regionId: "eu-west-1", endpoint: "http://eu", zone: "eu" })
      .withPrimaryRegion("eu-west-1")
      .withCrossRegionSync(true)
      .withQuorum({ threshold: 3, minZones: 2 })
      .withLocalZone("us")
      .withLocalWeight(2)
      .withWaitFor("all")
      .withTimeout("1m")
      .withMaxRetries(5)
      .withRetryBackoff(250)
      .withRetryBackoffMax("2s")
      .withRetryJitter("full")
      .withRequireDurable(false)
      .validate();
    expect(config).toMatchObject({
      primaryRegion: "eu-west-1",
      crossRegionSyncEnabled: true,
      quorumThreshold: undefined,
      localZone: "us",
      localWeight: 2,
      waitFor: "all",
      timeoutMs: 60_000,
      maxRetries: 5,
      retryBackoffInitialMs: 250,
      retryBackoffMaxMs: 2000,
      retryJitter: "full",
      requireDurable: false,
    });
    expect(config.policy).toMatchObject({ label: "weight and zones" });
    expect(config.regions[0]).toMatchObject({
      timeoutMs: 10_000,
      weight: 2,
      priority: 3,
      zone: "us",
      protocol: "strict",
    });
  });

  test("is immutable", () => {
    const base = MultiRegionConfig.create("us-east-1").addRegion(west);
    const input = structuredClone(base.toInput());
    base.addRegion(europe).withCrossRegionSync(true).withMaxRetries(9);
    west.withWeight(9);
    expect(base.toInput()).toEqual(input);
    expect(base.validate().regions).toHaveLength(1);
  });

  test("the later of quorum and quorumThreshold counts", () => {
    expect(threeRegions.withQuorum("all").validate()).toMatchObject({
      quorumThreshold: undefined,
      policy: { threshold: 3 },
    });
    expect(threeRegions.withQuorum("all").withQuorumThreshold(1).validate()).toMatchObject({
      policy: { threshold: 1 },
    });
  });

  test("writes what a file would hold", () => {
    const input: ConfigInput = threeRegions.toInput();
    expect(valid(JSON.parse(JSON.stringify(input)))).toEqual(threeRegions.validate());
  });

  test("tells all problems at once, with paths", () => {
    const message = refusal(threeRegions.withMaxRetries(0).addRegion(west.withTimeout(0)));
    expect(message.split("\n")).toEqual([
      "regions[2].timeout: Timeout must be > 0 for region us-west-1",
      "maxRetries: Max retries must be at least 1",
      "regions[2].regionId: Region ID us-west-1 is used by another region",
      "regions[2].endpoint: Endpoint http://replica-west.example.com for region us-west-1 belongs to region us-west-1 already",
    ]);
  });

  test("a region by itself may bear the default name of the local one", () => {
    expect(RemoteRegion.create("us-east-1", "http://a").validate().regionId).toBe("us-east-1");
    const error = (() => {
      try {
        return RemoteRegion.create("us-east-1", "http://a").withWeight(-1).validate();
      } catch (error) {
        return error;
      }
    })();
    expect(error).toMatchObject({ kind: "config", name: "ConfigError", problems: [{ path: "weight" }] });
  });
});
