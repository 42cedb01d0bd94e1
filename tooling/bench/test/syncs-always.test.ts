import { expect, test } from "vitest";
import { syncsAlways } from "../src/nats/syncs-always.ts";

test.each([
  ["2.9.10", false],
  ["2.10.0", true],
  ["2.11.4", true],
  ["3.0.0", true],
  ["1.40.0", false],
])("nats-server %s: %s", (version, expected) => {
  expect(syncsAlways(version)).toBe(expected);
});
