import { expect, test } from "vitest";
import { DURATION_MS_MAX, parseDuration } from "../../src/index.ts";

test.each([
  [1, 1],
  [5000, 5000],
  ["1ms", 1],
  ["500ms", 500],
  ["5s", 5000],
  ["1.5s", 1500],
  ["1.1s", 1100],
  ["0.001s", 1],
  [" 5 s ", 5000],
  ["1m", 60_000],
  ["2h", 7_200_000],
  [DURATION_MS_MAX, DURATION_MS_MAX],
  ["2147483647ms", DURATION_MS_MAX],
])("%j is %i ms", (value, ms) => {
  expect(parseDuration(value)).toEqual({ kind: "parsed", ms });
});

test.each([
  [0, /> 0/],
  [-1, /> 0/],
  ["0", /> 0/],
  ["0s", /> 0/],
  ["0.0h", /> 0/],
  ["-5s", /> 0/],
  [0.5, /whole milliseconds/],
  ["0.5ms", /whole milliseconds/],
  [Number.NaN, /must be/],
  [Number.POSITIVE_INFINITY, /must be/],
  [DURATION_MS_MAX + 1, /at most/],
  ["999h", /at most/],
  ["", /milliseconds or a text/],
  ["5", /milliseconds or a text/],
  ["s", /milliseconds or a text/],
  ["5 seconds", /milliseconds or a text/],
  ["5S", /milliseconds or a text/],
  ["1h30m", /milliseconds or a text/],
  ["1e3s", /milliseconds or a text/],
  ["5d", /milliseconds or a text/],
])("%j is refused", (value, message) => {
  expect(parseDuration(value)).toMatchObject({ kind: "invalid", message: expect.stringMatching(message) });
});
