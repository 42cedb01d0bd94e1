import { expect, test } from "vitest";
import { parseOptions } from "../src/options.ts";

test("without arguments everything is measured", () => {
  const options = parseOptions([]);
  expect(options).toMatchObject({ seconds: 1, rounds: 15, logReceipts: 1_000_000, json: undefined, quick: false });
  expect(options?.only).toEqual(expect.arrayContaining(["by-hand", "sidecar-stream", "etcd", "redis", "startup"]));
  expect(options?.shapes).toContainEqual({ callers: 8, batch: 100, ids: "v7" });
});

test("a quick run asks no peer", () => {
  const options = parseOptions(["--quick"]);
  expect(options).toMatchObject({ seconds: 0.1, rounds: 2, logReceipts: 20_000, quick: true });
  expect(options?.only).toEqual(expect.arrayContaining(["by-hand", "sidecar-stream", "startup"]));
  for (const peer of ["etcd", "postgresql", "nats", "redis"]) expect(options?.only).not.toContain(peer);
});

test("a quick run is short but for what is said otherwise", () => {
  const args = ["--quick", "--shapes", "2,4x5", "--only", "etcd,startup", "--seconds", "1.5", "--json", "out.json"];
  expect(parseOptions(args)).toMatchObject({
    seconds: 1.5,
    rounds: 2,
    shapes: [
      { callers: 2, batch: 1, ids: "v7" },
      { callers: 4, batch: 5, ids: "v7" },
    ],
    only: ["etcd", "startup"],
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
  [["--shapes", "1,,8"], '--shapes knows 64, 8x100 and 64v4, not ""'],
  [["--only", "mysql"], "--only knows by-hand, in-process, sidecar"],
  [["--slow"], "--slow"],
])("%j is refused", (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});
