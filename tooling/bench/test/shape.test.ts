import { expect, test } from "vitest";
import { formatShape, parseShape } from "../src/load/shape.ts";

test.each([
  ["64", { callers: 64, batch: 1, ids: "v7" }],
  ["8x100", { callers: 8, batch: 100, ids: "v7" }],
  ["64v4", { callers: 64, batch: 1, ids: "v4" }],
  ["2x3v4", { callers: 2, batch: 3, ids: "v4" }],
] as const)("%s is a shape", (text, shape) => {
  expect(parseShape(text)).toEqual(shape);
  expect(formatShape(shape)).toBe(text);
});

test.each(["", "0", "8x0", "8x", "x100", "64v7", "64 v4", "-1"])("%j is none", (text) => {
  expect(parseShape(text)).toBeUndefined();
});
