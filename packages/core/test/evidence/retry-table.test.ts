import { describe, expect, test } from "vitest";
import type { Fault } from "../../src/evidence/fault.ts";
import type { Problem, ProblemKind } from "../../src/evidence/problem.ts";
import { type Treatment, treatmentOf } from "../../src/evidence/retry-table.ts";

const STRANGER = { seedStyle: false, receipts: 1 };
const SEED_PEER = { seedStyle: true, receipts: 1 };

function status(code: number, kind?: ProblemKind): Fault {
  const problem: Problem | undefined = kind === undefined ? undefined : { kind, title: kind, detail: "" };
  return { kind: "status", status: code, problem, retryAfterMs: undefined, excerpt: "" };
}

function mismatch(field: Extract<Fault, { kind: "mismatch" }>["field"]): Fault {
  return { kind: "mismatch", field, expected: "x", received: "y" };
}

describe("the retry table: faults without a status", () => {
  test.each<[Fault, Treatment]>([
    [{ kind: "unreachable", code: "ECONNREFUSED", detail: "" }, "retry"],
    [{ kind: "broken", code: "ECONNRESET", detail: "" }, "retry"],
    [{ kind: "timeout", timeoutMs: 5_000 }, "retry"],
    [{ kind: "aborted" }, "retry"],
    [{ kind: "garbled", status: 200, detail: "", excerpt: "<html>" }, "retry"],
    [mismatch("receiptId"), "retry"],
    [mismatch("digest"), "retry"],
    [mismatch("committed"), "retry"],
    [mismatch("durability"), "retry"],
    [mismatch("region"), "pause"],
    [mismatch("store"), "pause"],
  ])("%o: %s", (fault, treatment) => {
    expect(treatmentOf(fault, STRANGER)).toBe(treatment);
    expect(treatmentOf(fault, SEED_PEER)).toBe(treatment);
  });
});

describe("the retry table: bare statuses, from a stranger and from a peer that has acknowledged in the seeds' form", () => {
  test.each<[status: number, stranger: Treatment, seedPeer: Treatment]>([
    [300, "pause", "pause"],
    [301, "pause", "pause"],
    [307, "pause", "pause"],
    [399, "pause", "pause"],
    [400, "retry", "retry"],
    [401, "pause", "pause"],
    [402, "retry", "retry"],
    [403, "pause", "pause"],
    [404, "pause", "pause"],
    [405, "pause", "pause"],
    [408, "retry", "retry"],
    [409, "retry", "refusal"],
    [410, "retry", "retry"],
    [413, "retry", "refusal"],
    [415, "retry", "retry"],
    [418, "retry", "retry"],
    [422, "retry", "refusal"],
    [425, "retry", "retry"],
    [429, "retry", "retry"],
    [500, "retry", "retry"],
    [501, "retry", "retry"],
    [502, "retry", "retry"],
    [503, "retry", "retry"],
    [504, "retry", "retry"],
    [507, "retry", "retry"],
    [599, "retry", "retry"],
    [100, "retry", "retry"],
  ])("%i: %s, %s", (code, stranger, seedPeer) => {
    expect(treatmentOf(status(code), STRANGER)).toBe(stranger);
    expect(treatmentOf(status(code), SEED_PEER)).toBe(seedPeer);
  });
});

describe("the retry table: problem documents of ours", () => {
  test.each<[status: number, kind: ProblemKind, treatment: Treatment]>([
    [409, "conflict", "refusal"],
    [422, "invalid-receipt", "refusal"],
    [413, "too-large", "refusal"],
    [409, "overloaded", "retry"],
    [422, "conflict", "retry"],
    [413, "conflict", "retry"],
    [400, "not-json", "retry"],
    [400, "invalid-receipt", "retry"],
    [404, "not-found", "pause"],
    [405, "method-not-allowed", "pause"],
    [415, "unsupported-media-type", "retry"],
    [429, "overloaded", "retry"],
    [500, "internal", "retry"],
    [503, "refilling", "retry"],
    [503, "store-failed", "retry"],
    [507, "store-full", "retry"],
  ])("%i %s: %s", (code, kind, treatment) => {
    expect(treatmentOf(status(code, kind), STRANGER)).toBe(treatment);
    expect(treatmentOf(status(code, kind), SEED_PEER)).toBe(treatment);
  });

  test("413 condemns no receipt that was not alone: smaller requests may pass", () => {
    expect(treatmentOf(status(413, "too-large"), { seedStyle: false, receipts: 2 })).toBe("split");
    expect(treatmentOf(status(413), { seedStyle: true, receipts: 2 })).toBe("split");
  });

  test.each([404, 405])("%i to a batch is for single receipts to explain", (code) => {
    expect(treatmentOf(status(code), { seedStyle: false, receipts: 2 })).toBe("singles");
    expect(treatmentOf(status(code), { seedStyle: false, receipts: 1 })).toBe("pause");
  });

  test.each([
    [409, "conflict"],
    [422, "invalid-receipt"],
  ] as const)("%i for a batch as a whole refuses none of its receipts", (code, kind) => {
    expect(treatmentOf(status(code, kind), { seedStyle: true, receipts: 2 })).toBe("retry");
  });
});
