import { describe, expect, test } from "vitest";
import { describeFault, type Fault } from "../../src/evidence/fault.ts";
import { problemKind, problemType } from "../../src/evidence/problem.ts";

describe("a fault in a sentence says what was expected and what came", () => {
  const conflict = { kind: "conflict", title: "Conflict", detail: "other content is held" } as const;

  test.each<[Fault, RegExp]>([
    [{ kind: "unreachable", code: "ECONNREFUSED", detail: "port 80" }, /not be reached.*ECONNREFUSED.*port 80/],
    [{ kind: "broken", code: "ECONNRESET", detail: "half" }, /broke.*ECONNRESET.*half/],
    [{ kind: "timeout", timeoutMs: 5_000 }, /5000ms/],
    [{ kind: "aborted" }, /given up/],
    [{ kind: "status", status: 503, problem: undefined, retryAfterMs: undefined, excerpt: "" }, /^answered 503$/],
    [{ kind: "status", status: 503, problem: undefined, retryAfterMs: undefined, excerpt: "busy" }, /503: busy$/],
    [
      { kind: "status", status: 409, problem: conflict, retryAfterMs: undefined, excerpt: "{" },
      /409: other content is held$/,
    ],
    [{ kind: "garbled", status: 200, detail: "no JSON", excerpt: "<" }, /200.*no JSON/],
    [{ kind: "mismatch", field: "digest", expected: "aa", received: "bb" }, /digest bb where aa/],
  ])("%o", (fault, words) => {
    expect(describeFault(fault)).toMatch(words);
  });
});

describe("the type of a problem document", () => {
  test("names one of our kinds", () => {
    expect(problemKind(problemType("conflict"))).toBe("conflict");
    expect(problemKind("urn:receipt-sync:problem:store-full")).toBe("store-full");
  });

  test.each([
    undefined,
    null,
    409,
    "",
    "conflict",
    "about:blank",
    "urn:receipt-sync:problem:",
    problemType("conflict").toUpperCase(),
  ])("%j is none of ours", (type) => {
    expect(problemKind(type)).toBeUndefined();
  });
});
