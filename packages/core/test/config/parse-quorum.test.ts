import { expect, test } from "vitest";
import { MultiRegionConfig, parseQuorum } from "../../src/index.ts";

const config = MultiRegionConfig.create("a")
  .addRegion({ regionId: "b", endpoint: "http://b" })
  .addRegion({ regionId: "c", endpoint: "http://c" })
  .withCrossRegionSync(true)
  .validate();

test.each([
  [3, 3],
  ["majority", 2],
  ["all", 3],
  [{ threshold: 1, of: [{ region: "b" }, { region: "c" }] }, 1],
])("a quorum for one call: %j", (quorum, threshold) => {
  expect(parseQuorum(quorum, config)).toMatchObject({ kind: "valid", policy: { threshold } });
});

test.each([
  [0, "quorum", "Quorum threshold must be at least 1"],
  [4, "quorum", "Quorum threshold 4 exceeds total regions 3"],
  ["most", "quorum", 'quorum must be a number, "majority", "all", { threshold, minZones } or { threshold, of: [...] }'],
  [null, "quorum", 'quorum must be a number, "majority", "all", { threshold, minZones } or { threshold, of: [...] }'],
  [{ threshold: 1, of: [{ region: "z" }] }, "quorum.of[0].region", "Region z is not configured; known are a, b, c"],
  [{ threshold: 1, minZone: 1, minZones: 1 }, "quorum.minZone", 'Unknown key "minZone" (did you mean "minZones"?)'],
])("refused for one call: %j", (quorum, path, message) => {
  expect(parseQuorum(quorum, config)).toEqual({ kind: "invalid", problems: [{ path, message }] });
});
