import { describe, expect, test } from "vitest";
import { parseConfig } from "../../src/index.ts";
import { valid } from "./valid-config.ts";

describe("seeds: legacy conversion", () => {
  const endpoints = ["http://replica-west.example.com", "http://replica-eu.example.com/prefix/"];

  test("endpoints become regions with timeout 5 s and weight 1", () => {
    const config = valid({
      region: "us-east-1",
      primaryRegion: "us-east-1",
      crossRegionSyncEnabled: true,
      receiptSyncEndpoints: endpoints,
      quorumThreshold: 2,
    });
    const region = { timeoutMs: 5000, weight: 1, priority: 0, zone: undefined, protocol: "auto", alias: true };
    expect(config.regions).toEqual([
      { ...region, regionId: "replica-west", endpoint: "http://replica-west.example.com" },
      { ...region, regionId: "replica-eu", endpoint: "http://replica-eu.example.com/prefix" },
    ]);
    expect(config).toMatchObject({ region: "us-east-1", crossRegionSyncEnabled: true, quorumThreshold: 2 });
  });

  test("snake_case, with null for what is not set", () => {
    const config = valid({
      region: null,
      primary_region: null,
      cross_region_sync_enabled: true,
      receipt_sync_endpoints: endpoints,
      quorum_threshold: 2,
    });
    expect(config).toMatchObject({ region: "us-east-1", primaryRegion: undefined, quorumThreshold: 2 });
    expect(config.regions.map(({ regionId }) => regionId)).toEqual(["replica-west", "replica-eu"]);
  });

  test("ids that collide are made unique instead of dropped", () => {
    const config = valid({
      region: "us",
      receiptSyncEndpoints: ["http://us.a.example", "http://us.b.example", "http://us-2.example", "http://eu.example"],
    });
    expect(config.regions.map(({ regionId }) => regionId)).toEqual(["us-2", "us-3", "us-2-2", "eu"]);
  });

  test("the default local region counts as taken too", () => {
    const config = valid({ receiptSyncEndpoints: ["http://us-east-1.example.com"] });
    expect(config.regions.map(({ regionId }) => regionId)).toEqual(["us-east-1-2"]);
  });

  test("an IP address keeps address and port", () => {
    const config = valid({
      receiptSyncEndpoints: ["http://10.0.0.1:9001", "http://10.0.0.1:9002", "http://[::1]:9001", "http://127.0.0.1"],
    });
    const regionIds = config.regions.map(({ regionId }) => regionId);
    expect(regionIds).toEqual(["10.0.0.1:9001", "10.0.0.1:9002", "[::1]:9001", "127.0.0.1"]);
  });

  test("keys of the present form may stand beside", () => {
    expect(valid({ receipt_sync_endpoints: endpoints, maxRetries: 7 })).toMatchObject({ maxRetries: 7 });
  });

  test("problems name what was written", () => {
    const parsed = parseConfig({
      cross_region_sync_enabled: "yes",
      receipt_sync_endpoints: ["ftp://x", 7],
      quorum_threshold: 0,
    });
    const paths = parsed.kind === "invalid" ? parsed.problems.map(({ path }) => path) : [];
    expect(paths.toSorted()).toEqual([
      "cross_region_sync_enabled",
      "quorum_threshold",
      "receipt_sync_endpoints[0]",
      "receipt_sync_endpoints[1]",
    ]);
  });

  const clashes: readonly [string, object, string][] = [
    ["the same key twice", { quorum_threshold: 1, quorumThreshold: 1 }, "quorumThreshold"],
    ["regions in both forms", { receipt_sync_endpoints: endpoints, regions: [] }, "receipt_sync_endpoints"],
    ["endpoints that are no list", { receiptSyncEndpoints: "http://a" }, "receiptSyncEndpoints"],
    ["the same endpoint twice", { receiptSyncEndpoints: ["http://a", "http://A/"] }, "receiptSyncEndpoints[1]"],
    [
      "no endpoint while sync is enabled",
      { receiptSyncEndpoints: [], crossRegionSyncEnabled: true },
      "receiptSyncEndpoints",
    ],
  ];
  test.each(clashes)("%s", (_, input, path) => {
    const parsed = parseConfig(input);
    expect(parsed.kind === "invalid" && parsed.problems.map((problem) => problem.path)).toEqual([path]);
  });
});
