import { describe, expect, test } from "vitest";
import { type EchoVerdict, judgeEcho } from "../../src/evidence/echo.ts";
import type { StoreMark } from "../../src/evidence/introduction.ts";
import type { Epoch } from "../../src/seams/receipt-store.ts";
import { introduction, mark } from "./evidence-parts.ts";

/** Opened at 0 and at 60, and now at position 90. It was called `old` before. */
const EPOCHS: readonly Epoch[] = [
  { epoch: "e0", storeId: "old", startPosition: 0 },
  { epoch: "e1", storeId: "now", startPosition: 40 },
  { epoch: "e2", storeId: "now", startPosition: 60 },
];

describe("what a peer's memory of our store tells us", () => {
  test.each<[words: string, seen: StoreMark, verdict: EchoVerdict]>([
    ["what we are", mark("now", "e2", 90), "consistent"],
    ["an older position of this opening", mark("now", "e2", 61), "consistent"],
    ["more than this opening has", mark("now", "e2", 91), "rolledBack"],
    ["the end of an earlier opening", mark("now", "e1", 60), "consistent"],
    ["more than the earlier opening had when the next one began", mark("now", "e1", 61), "rolledBack"],
    ["an opening that this copy does not know", mark("now", "e9", 1), "rolledBack"],
    ["the id that this store had before", mark("old", "e0", 40), "consistent"],
    [
      "the id that it had before, beyond what it then had: it has a new one for that",
      mark("old", "e0", 1_000),
      "consistent",
    ],
    ["another store under our name", mark("other", "e0", 1), "replaced"],
  ])("%s", (_words, seen, verdict) => {
    const self = introduction("us-east", mark("now", "e2", 90));
    expect(judgeEcho(self, EPOCHS, seen)).toBe(verdict);
  });

  test("a store renamed within an opening is judged by its new name", () => {
    const renamed: readonly Epoch[] = [...EPOCHS, { epoch: "e2", storeId: "new", startPosition: 90 }];
    const self = introduction("us-east", mark("new", "e2", 95));
    expect(judgeEcho(self, renamed, mark("new", "e2", 95))).toBe("consistent");
    expect(judgeEcho(self, renamed, mark("new", "e2", 96))).toBe("rolledBack");
    expect(judgeEcho(self, renamed, mark("now", "e2", 500))).toBe("consistent");
  });

  test("an empty log that a peer has seen nothing of", () => {
    const self = introduction("us-east", mark("now", "e0", 0));
    expect(judgeEcho(self, [{ epoch: "e0", storeId: "now", startPosition: 0 }], mark("now", "e0", 0))).toBe(
      "consistent",
    );
  });
});
