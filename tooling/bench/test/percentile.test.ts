import { expect, test } from "vitest";
import { median, percentile } from "../src/load/percentile.ts";

const hundred = Array.from({ length: 100 }, (_, index) => index + 1);

test.each([
  [[5], 0.5, 5],
  [[1, 2], 0.5, 1],
  [[1, 2, 3], 0.5, 2],
  [hundred, 0.5, 50],
  [hundred, 0.99, 99],
  [hundred, 1, 100],
  [hundred, 0, 1],
])("percentile of %j at %d", (sorted, share, expected) => {
  expect(percentile(sorted, share)).toBe(expected);
});

test.each([
  [[7], 7],
  [[9, 1, 5], 5],
  [[4, 1, 3, 2], 2.5],
])("median of %j", (numbers, expected) => {
  expect(median(numbers)).toBe(expected);
});

test("no numbers have none", () => {
  expect(() => median([])).toThrow("no numbers");
});
