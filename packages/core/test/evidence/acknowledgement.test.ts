import { describe, expect, test } from "vitest";
import { judgeAcknowledgement, type ProvenDurability, weigh } from "../../src/evidence/acknowledgement.ts";
import { describeFault } from "../../src/evidence/fault.ts";
import { UNIDENTIFIED } from "../../src/evidence/introduction.ts";
import type { ReceiptState } from "../../src/receipt/receipt.ts";
import type { Acknowledgement } from "../../src/seams/transport.ts";
import { mark, says } from "./evidence-parts.ts";

const DIGEST = "ab".repeat(32);
const ASKED: ReceiptState = { receiptId: "r1", digest: DIGEST, committed: true };
const FULL: Acknowledgement = { receiptId: "r1", digest: DIGEST, committed: true, durability: "fsync" };
const SEEDS: Acknowledgement = { receiptId: "r1", digest: undefined, committed: undefined, durability: undefined };
const OURS = says("us-west", mark("west-1"));

/** `confirmed DURABILITY`, `delivered REASON`, or `fault FIELD`. */
function judged(said: Acknowledgement, identification = OURS, requireDurable = true, asked = ASKED): string {
  const verdict = judgeAcknowledgement(asked, said, identification, { requireDurable });
  if (verdict.kind === "confirmed") return `confirmed ${verdict.durability}`;
  if (verdict.kind === "delivered") return `delivered ${verdict.reason}`;
  return verdict.fault.kind === "mismatch" ? `fault ${verdict.fault.field}` : verdict.fault.kind;
}

describe("I1: an acknowledgement of a region that sends our headers", () => {
  test.each<[words: string, said: Partial<Acknowledgement>, verdict: string]>([
    ["everything as it must be", {}, "confirmed fsync"],
    ["another receipt", { receiptId: "r2" }, "fault receiptId"],
    ["other content", { digest: "cd".repeat(32) }, "fault digest"],
    ["no digest", { digest: undefined }, "fault digest"],
    ["a state short of ours", { committed: false }, "fault committed"],
    ["no word on committed", { committed: undefined }, "fault committed"],
    ["no durability", { durability: undefined }, "fault durability"],
    ["a store that keeps memory only", { durability: "memory" }, "delivered notDurable"],
  ])("%s", (_words, said, verdict) => {
    expect(judged({ ...FULL, ...said })).toBe(verdict);
  });

  test("more than was asked for is enough", () => {
    expect(judged(FULL, OURS, true, { ...ASKED, committed: false })).toBe("confirmed fsync");
    expect(judged({ ...FULL, committed: false }, OURS, true, { ...ASKED, committed: false })).toBe("confirmed fsync");
  });

  test("a store that is refilling has the receipt, but does not vote, whatever it keeps", () => {
    const refilling = says("us-west", mark("west-2"), true);
    expect(judged(FULL, refilling)).toBe("delivered refilling");
    expect(judged({ ...FULL, durability: "memory" }, refilling, false)).toBe("delivered refilling");
    expect(judged({ ...FULL, digest: undefined }, refilling)).toBe("fault digest");
  });
});

describe("seeds: an acknowledgement without our headers", () => {
  test.each<[words: string, said: Partial<Acknowledgement>, verdict: string]>([
    ["exactly as the seeds have it", {}, "confirmed unproven"],
    ["another receipt", { receiptId: "r2" }, "fault receiptId"],
    ["a digest that is right", { digest: DIGEST }, "confirmed unproven"],
    ["a digest that is wrong", { digest: "cd".repeat(32) }, "fault digest"],
    ["committed as ours", { committed: true }, "confirmed unproven"],
    ["a state short of ours", { committed: false }, "fault committed"],
    ["a durable store", { durability: "fsync" }, "confirmed fsync"],
    ["a store that keeps memory only", { durability: "memory" }, "delivered notDurable"],
  ])("%s", (_words, said, verdict) => {
    expect(judged({ ...SEEDS, ...said }, UNIDENTIFIED)).toBe(verdict);
  });
});

describe("requireDurable", () => {
  test.each<[ProvenDurability, boolean, string]>([
    ["fsync", true, "confirmed"],
    ["fsync", false, "confirmed"],
    ["unproven", true, "confirmed"],
    ["unproven", false, "confirmed"],
    ["memory", true, "delivered"],
    ["memory", false, "confirmed"],
  ])("a store that is %s, required %s: %s", (durability, requireDurable, kind) => {
    expect(weigh(durability, false, { requireDurable })).toMatchObject({ kind, durability });
    expect(weigh(durability, true, { requireDurable })).toMatchObject({ kind: "delivered", reason: "refilling" });
  });

  test("a fault names what was expected and what came", () => {
    const verdict = judgeAcknowledgement(ASKED, { ...FULL, receiptId: "r2" }, OURS, { requireDurable: true });
    expect(verdict).toEqual({
      kind: "fault",
      fault: { kind: "mismatch", field: "receiptId", expected: "r1", received: "r2" },
    });
  });

  test("a fault keeps little of what a peer sends, and nothing that a terminal obeys", () => {
    for (const hostile of [
      { receiptId: "r1\u001b[2J\n".repeat(150_000) },
      { digest: "\u202eab\u0000".repeat(250_000) },
    ]) {
      const verdict = judgeAcknowledgement(ASKED, { ...FULL, ...hostile }, OURS, { requireDurable: true });
      if (verdict.kind !== "fault" || verdict.fault.kind !== "mismatch") throw new Error("It is no mismatch");
      for (const text of [verdict.fault.expected, verdict.fault.received, describeFault(verdict.fault)]) {
        expect(text).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]{1,600}$/u);
      }
    }
    const verdict = judgeAcknowledgement(ASKED, { ...FULL, receiptId: "r1\n" }, OURS, { requireDurable: true });
    expect(verdict).toMatchObject({ fault: { expected: "r1", received: "r1\\u{a}" } });
  });
});
