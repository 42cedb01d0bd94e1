import { describe, expect, test } from "vitest";
import { compareStates } from "../../src/index.ts";

describe("I4: one id, one content", () => {
  const rows = [
    ["a", false, "a", false, "same"],
    ["a", true, "a", true, "same"],
    ["a", false, "a", true, "upgrade"],
    ["a", true, "a", false, "stale"],
    ["a", false, "b", false, "conflict"],
    ["a", false, "b", true, "conflict"],
    ["a", true, "b", false, "conflict"],
    ["a", true, "b", true, "conflict"],
  ] as const;
  test.each(rows)("held %s %s, offered %s %s: %s", (heldDigest, held, offeredDigest, offered, expected) => {
    const comparison = compareStates(
      { digest: heldDigest, committed: held },
      { digest: offeredDigest, committed: offered },
    );
    expect(comparison).toBe(expected);
  });
});
