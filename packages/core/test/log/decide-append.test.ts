import { decideAppend, type HeldRow } from "@rsync/core";
import { describe, expect, it } from "vitest";

/** A row: `o` own, `f` foreign; `0` not committed, `1` committed; all of content x. */
const row = (text: string): HeldRow => ({ own: text[0] === "o", committed: text[1] === "1", digest: "x" });

describe("what becomes of an append", () => {
  // held rows | offered | decision ("stored 1": a new row with committed true)
  const table = [
    ["-", "o0", "stored 0"],
    ["-", "f1", "stored 1"],
    ["o0", "o0", "duplicate 0"],
    ["o0", "f0", "duplicate 0"],
    ["o0", "o1", "upgraded 1"],
    ["o0", "f1", "upgraded 1"],
    ["o1", "o0", "duplicate 1"],
    ["o1", "f0", "duplicate 1"],
    ["f0", "f0", "duplicate 0"],
    ["f0", "f1", "upgraded 1"],
    ["f1", "f0", "duplicate 1"],
    ["f0", "o0", "stored 0"],
    ["f0", "o1", "upgraded 1"],
    ["f1", "o1", "stored 1"],
    ["f1", "o0", "stored 1"],
    ["f0 o0", "o0", "duplicate 0"],
    ["o0 f1", "o1", "stored 1"],
    ["o0 f1", "o0", "stored 1"],
    ["o0 f1", "f0", "duplicate 1"],
    ["f1 o1", "o0", "duplicate 1"],
  ] as const;
  it.each(table)("held %s, offered %s: %s", (held, offered, expected) => {
    const rows = held === "-" ? [] : held.split(" ").map(row);
    const decision = decideAppend(rows, row(offered));
    const committed = decision.kind === "insert" ? decision.committed : decision.held.committed;
    expect(`${decision.kind === "insert" ? decision.result : decision.kind} ${committed ? 1 : 0}`).toBe(expected);
  });

  it.each(["o0", "o1", "f0", "f1"])("refuses other content whatever is held under the id (I4): %s", (held) => {
    for (const offered of ["o0", "o1", "f0", "f1"]) {
      const decision = decideAppend([row(held)], { ...row(offered), digest: "y" });
      expect(decision).toEqual({ kind: "conflict", held: { digest: "x", committed: held[1] === "1" } });
    }
  });
});
