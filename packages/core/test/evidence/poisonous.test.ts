import { expect, test } from "vitest";
import type { Fault } from "../../src/evidence/fault.ts";
import { isPoisonous } from "../../src/evidence/retry-table.ts";

const status = (code: number): Fault => {
  return { kind: "status", status: code, problem: undefined, retryAfterMs: undefined, excerpt: "" };
};
const mismatch = (field: Extract<Fault, { kind: "mismatch" }>["field"]): Fault => {
  return { kind: "mismatch", field, expected: "x", received: "y" };
};

test.each<[Fault, boolean]>([
  [{ kind: "unreachable", code: "ECONNREFUSED", detail: "" }, false],
  [{ kind: "aborted" }, false],
  [{ kind: "broken", code: "ECONNRESET", detail: "" }, true],
  [{ kind: "timeout", timeoutMs: 5_000 }, true],
  [{ kind: "garbled", status: 200, detail: "", excerpt: "<html>" }, true],
  [mismatch("receiptId"), true],
  [mismatch("digest"), true],
  [mismatch("committed"), true],
  [mismatch("durability"), true],
  [mismatch("region"), false],
  [mismatch("store"), false],
])("could the receipt be the cause of %j? %s", (fault, expected) => {
  expect(isPoisonous(fault)).toBe(expected);
});

test.each([
  [302, false],
  [400, true],
  [401, false],
  [403, false],
  [408, false],
  [409, true],
  [413, true],
  [415, true],
  [422, true],
  [425, false],
  [429, false],
  [500, true],
  [502, false],
  [503, false],
  [504, false],
  [507, false],
])("could the receipt be the cause of %i? %s", (code, expected) => {
  expect(isPoisonous(status(code))).toBe(expected);
});
