import { expect, test } from "vitest";
import { countTests } from "../src/count-tests.ts";

function file(status: string, ...tests: readonly string[]) {
  return { status, assertionResults: tests.map((each) => ({ status: each })) };
}

test.each([
  ["passed and failed tests", [file("passed", "passed", "passed"), file("failed", "passed", "failed")], 3, 1],
  ["a skipped test is neither", [file("passed", "passed", "skipped", "todo")], 1, 0],
  ["a file that does not load is a failure", [file("passed", "passed"), file("failed")], 1, 1],
  ["a file whose hook throws is a failure", [file("failed", "passed", "skipped")], 1, 1],
  ["no file is a failure", [], 0, 1],
  ["no test is a failure", [file("passed", "skipped")], 0, 1],
])("%s", (_, testResults, passed, failed) => {
  expect(countTests({ testResults })).toEqual({ passed, failed });
});
