import { readFileSync } from "node:fs";
import { countTests, type TestReport } from "./count-tests.ts";

/** `print-test-count REPORT.json` prints the numbers of passed and failed tests, for the shell script that tallies. */
const [path] = process.argv.slice(2);
if (path === undefined) {
  throw new Error("usage: print-test-count REPORT.json");
}
const { passed, failed } = countTests(JSON.parse(readFileSync(path, "utf8")) as TestReport);
console.log(`${passed} ${failed}`);
