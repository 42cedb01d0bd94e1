import { expect, test } from "vitest";
import { parseOptions } from "../src/options.ts";

test("without arguments everything is measured", () => {
  expect(parseOptions([])).toEqual({
    seconds: 1,
    rounds: 15,
    callers: [1, 8, 64],
    only: ["by-hand", "in-process", "sidecar", "startup"],
    logReceipts: 1_000_000,
    json: undefined,
  });
});

test("a quick run is short but for what is said otherwise", () => {
  const args = ["--quick", "--callers", "2", "--only", "by-hand,startup", "--seconds", "1.5", "--json", "out.json"];
  expect(parseOptions(args)).toEqual({
    seconds: 1.5,
    rounds: 2,
    callers: [2],
    only: ["by-hand", "startup"],
    logReceipts: 20_000,
    json: "out.json",
  });
});

test("help is no measurement", () => {
  expect(parseOptions(["--help"])).toBeUndefined();
});

test.each([
  [["--rounds", "0"], "--rounds must be a number above 0"],
  [["--rounds", "1.5"], "--rounds must be a whole number"],
  [["--seconds", "soon"], '--seconds must be a number above 0, not "soon"'],
  [["--callers", "1,,8"], "--callers must be a number above 0"],
  [["--only", "etcd"], '--only knows by-hand, in-process, sidecar, startup, not "etcd"'],
  [["--slow"], "--slow"],
])("%j is refused", (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});
