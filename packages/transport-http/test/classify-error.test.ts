import { describe, expect, test } from "vitest";
import { classifyError } from "../src/classify-error.ts";

function coded(code: string, message = "a message"): Error {
  return Object.assign(new Error(message), { code });
}

describe("classifyError", () => {
  const codes = [
    "ECONNREFUSED",
    "ENOTFOUND",
    "EAI_AGAIN",
    "EHOSTUNREACH",
    "ETIMEDOUT",
    "UND_ERR_SOCKET",
    "ECONNRESET",
    "EPIPE",
  ];
  test.each(codes)("%s is unreachable before the request, broken from then on", (code) => {
    expect(classifyError(coded(code), false)).toEqual({ kind: "unreachable", code, detail: "a message" });
    expect(classifyError(coded(code), true)).toEqual({ kind: "broken", code, detail: "a message" });
  });

  test("what we took down ourselves is aborted", () => {
    for (const code of ["UND_ERR_ABORTED", "UND_ERR_DESTROYED", "UND_ERR_CLOSED"]) {
      expect(classifyError(coded(code), true)).toEqual({ kind: "aborted" });
    }
  });

  test("no message decides anything", () => {
    const misleading = coded("ECONNRESET", "aborted: timeout, connection refused, 503");
    expect(classifyError(misleading, true)).toMatchObject({ kind: "broken", code: "ECONNRESET" });
  });

  test("a message may quote the peer: it is cut and cleaned", () => {
    const altnames = coded("ERR_TLS_CERT_ALTNAME_INVALID", `not in \u001b[2J\n${"x".repeat(100_000)}`);
    const detail = `not in [2J ${"x".repeat(189)}`;
    expect(classifyError(altnames, false)).toEqual({
      kind: "unreachable",
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
      detail,
    });
  });

  test("several addresses tell each what happened", () => {
    const both = [coded("ECONNREFUSED", "connect ::1"), coded("ECONNREFUSED", "connect 127.0.0.1")];
    const error = Object.assign(new AggregateError(both), { code: "ECONNREFUSED" });
    const detail = "connect ::1; connect 127.0.0.1";
    expect(classifyError(error, false)).toEqual({ kind: "unreachable", code: "ECONNREFUSED", detail });
  });

  test("a code may sit on the cause, and an error without one is named by its class", () => {
    const wrapped = new Error("outer", { cause: coded("ENETUNREACH") });
    expect(classifyError(wrapped, false)).toMatchObject({ code: "ENETUNREACH", detail: "outer" });
    expect(classifyError(new TypeError("odd"), false)).toMatchObject({ code: "TypeError" });
    expect(classifyError("odd", true)).toEqual({ kind: "broken", code: "UNKNOWN", detail: "odd" });
  });
});
