import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BackoffRules, backoffMs } from "../../src/lane/backoff.ts";

const seeds: BackoffRules = { initialMs: 1_000, maxMs: 4_000, jitter: "none" };

describe("seeds: exponential backoff", () => {
  test.each([
    [2, 1, 1_000],
    [3, 2, 2_000],
    [4, 3, 4_000],
    [5, 4, 4_000],
    [100, 99, 4_000],
  ])("attempt %i waits after failure %i for %i ms", (_attempt, failures, waitMs) => {
    expect(backoffMs(seeds, failures, 0.7)).toBe(waitMs);
  });

  test("a first wait longer than the cap is the cap", () => {
    expect(backoffMs({ ...seeds, initialMs: 9_000 }, 1, 0)).toBe(4_000);
  });

  test("the wait stays finite after any number of failures", () => {
    const uncapped = { ...seeds, maxMs: Number.MAX_VALUE };
    expect(backoffMs(uncapped, 1_000_000, 0)).toBe(1_000 * 2 ** 52);
  });
});

describe("jitter", () => {
  const failures = fc.integer({ min: 1, max: 50 });
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  test("full jitter spreads over the whole wait, equal jitter over its second half", () => {
    fc.assert(
      fc.property(failures, random, (count, chance) => {
        const waitMs = backoffMs(seeds, count, chance);
        const full = backoffMs({ ...seeds, jitter: "full" }, count, chance);
        const equal = backoffMs({ ...seeds, jitter: "equal" }, count, chance);
        expect(full).toBe(waitMs * chance);
        expect(equal).toBe(waitMs / 2 + (waitMs * chance) / 2);
        expect(full).toBeLessThanOrEqual(waitMs);
        expect(equal).toBeLessThanOrEqual(waitMs);
      }),
    );
  });

  test("without jitter chance changes nothing, and no wait is shorter than the one before", () => {
    fc.assert(
      fc.property(failures, random, random, (count, one, other) => {
        expect(backoffMs(seeds, count, one)).toBe(backoffMs(seeds, count, other));
        expect(backoffMs(seeds, count + 1, one)).toBeGreaterThanOrEqual(backoffMs(seeds, count, one));
      }),
    );
  });
});
