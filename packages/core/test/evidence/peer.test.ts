import { describe, expect, test } from "vitest";
import { type Identification, UNIDENTIFIED } from "../../src/evidence/introduction.ts";
import {
  type Claims,
  hearMark,
  isSeedStyle,
  judgePeer,
  type PeerExpectation,
  type PeerMemory,
  unknownPeer,
} from "../../src/evidence/peer.ts";
import { ALIAS, introduction, mark, remembered, says, UNCLAIMED, WEST } from "./evidence-parts.ts";

const PARTIAL: Identification = { from: undefined, seen: undefined, partial: true };
const STRICT: PeerExpectation = { ...WEST, protocol: "strict" };
const NEW = unknownPeer("us-west");

/** `same`, `pinned`, `replaced STORE`, `grown`; or the field that was wrong, with `returned` where a replaced store answered. */
function judged(
  memory: PeerMemory,
  expected: PeerExpectation,
  said: Identification,
  claims: Claims = UNCLAIMED,
): string {
  const judgement = judgePeer(memory, expected, said, claims, memory.mark);
  if (judgement.kind === "accepted") {
    if (judgement.replacedStore !== undefined) return `replaced ${judgement.replacedStore}`;
    if (judgement.pin) return "pinned";
    return judgement.memory === memory ? "same" : "grown";
  }
  const field = judgement.fault.kind === "mismatch" ? judgement.fault.field : judgement.fault.kind;
  return judgement.because === "returned" ? `${field} returned` : field;
}

function claims(stores: Record<string, string>, names: Record<string, string> = {}): Claims {
  return { storeOwner: (storeId) => stores[storeId], nameOwner: (name) => names[name] };
}

describe("who answered", () => {
  test.each<[words: string, memory: PeerMemory, expected: PeerExpectation, said: Identification, verdict: string]>([
    ["a region never heard of, in the seeds' form", NEW, WEST, UNIDENTIFIED, "same"],
    ["the same, where the configuration is strict", NEW, STRICT, UNIDENTIFIED, "store"],
    ["a region never heard of, with headers that introduce nobody", NEW, WEST, PARTIAL, "store"],
    ["a region whose store is pinned, without headers", remembered(), WEST, UNIDENTIFIED, "store"],
    ["a region whose store is pinned, with half of them", remembered(), WEST, PARTIAL, "store"],
    ["its first introduction", NEW, WEST, says("us-west", mark("west-1")), "pinned"],
    ["its first introduction, strict", NEW, STRICT, says("us-west", mark("west-1")), "pinned"],
    ["the same again", remembered(), WEST, says("us-west", mark("west-1")), "same"],
    ["further on", remembered(), WEST, says("us-west", mark("west-1", "e1", 11)), "grown"],
    ["an older reply that was overtaken", remembered(), WEST, says("us-west", mark("west-1", "e1", 9)), "same"],
    ["another region", remembered(), WEST, says("eu-west", mark("west-1")), "region"],
    ["another region, at first sight", NEW, WEST, says("eu-west", mark("eu-1")), "region"],
    ["another store", remembered(), WEST, says("us-west", mark("west-2")), "replaced west-1"],
    [
      "a store that was replaced",
      remembered({ replaced: ["west-0"] }),
      WEST,
      says("us-west", mark("west-0")),
      "store returned",
    ],
  ])("%s", (_words, memory, expected, said, verdict) => {
    expect(judged(memory, expected, said)).toBe(verdict);
  });

  test("a replaced store is remembered as such, and the newest goes on counting", () => {
    const judgement = judgePeer(
      remembered(),
      WEST,
      says("us-west", mark("west-2", "e9", 0)),
      UNCLAIMED,
      mark("west-1"),
    );
    expect(judgement).toMatchObject({
      kind: "accepted",
      pin: true,
      memory: { mark: mark("west-2", "e9", 0), replaced: ["west-1"] },
    });
    const after = judgement.kind === "accepted" ? judgement.memory : NEW;
    expect(judged(after, WEST, says("us-west", mark("west-1", "e1", 50)))).toBe("store returned");
    expect(judged(after, WEST, says("us-west", mark("west-2", "e9", 1)))).toBe("grown");
  });

  test("a seed-style region is one until it introduces itself", () => {
    expect(isSeedStyle(NEW)).toBe(true);
    expect(isSeedStyle(remembered())).toBe(false);
  });
});

describe("one store, one region", () => {
  test.each<[words: string, owner: string, verdict: string]>([
    ["of another configured region", "eu-west", "store"],
    ["of the local region", "us-east", "store"],
    ["of this very region", "us-west", "pinned"],
  ])("a store %s", (_words, owner, verdict) => {
    expect(judged(NEW, WEST, says("us-west", mark("shared")), claims({ shared: owner }))).toBe(verdict);
  });

  test("a pinned region that suddenly answers with another region's store keeps its own", () => {
    expect(judged(remembered(), WEST, says("us-west", mark("shared")), claims({ shared: "eu-west" }))).toBe("store");
  });
});

describe("I8: a region whose store changes without end", () => {
  const stores = Array.from({ length: 1_000 }, (_, index) => `old-${index}`);
  test.each<[words: string, memory: PeerMemory, storeId: string, verdict: string]>([
    ["the thousandth change is believed", remembered({ replaced: stores.slice(1) }), "west-2", "replaced west-1"],
    ["a further one is not", remembered({ replaced: stores }), "west-2", "store"],
    ["the store that it had by then goes on counting", remembered({ replaced: stores }), "west-1", "same"],
    ["and those before it are known for what they are", remembered({ replaced: stores }), "old-0", "store returned"],
  ])("%s", (_words, memory, storeId, verdict) => {
    expect(judged(memory, WEST, says("us-west", mark(storeId)))).toBe(verdict);
  });
});

describe("an alias", () => {
  const before = unknownPeer("replica-west");
  const after = { ...before, reportedRegion: "us-west", mark: mark("west-1") };

  test.each<[words: string, memory: PeerMemory, said: Identification, names: Record<string, string>, verdict: string]>([
    ["pins the first name that the peer reports", before, says("us-west", mark("west-1")), {}, "pinned"],
    ["keeps it", after, says("us-west", mark("west-1")), {}, "same"],
    ["takes no other name later", after, says("eu-west", mark("west-1")), {}, "region"],
    ["takes no name of another region", before, says("eu-west", mark("eu-1")), { "eu-west": "replica-eu" }, "region"],
    ["takes no name of the local region", before, says("us-east", mark("east-1")), { "us-east": "us-east" }, "region"],
    [
      "may report the name it is known to own",
      before,
      says("us-west", mark("west-1")),
      { "us-west": "replica-west" },
      "pinned",
    ],
  ])("%s", (_words, memory, said, names, verdict) => {
    expect(judged(memory, ALIAS, said, claims({}, names))).toBe(verdict);
  });

  test("remembers the name, under its own id", () => {
    const judgement = judgePeer(before, ALIAS, says("us-west", mark("west-1")), UNCLAIMED, undefined);
    expect(judgement).toMatchObject({ memory: { regionId: "replica-west", reportedRegion: "us-west" } });
  });
});

describe("a new epoch under the same store", () => {
  const said = (position: number): Identification => says("us-west", mark("west-1", "e2", position));

  test.each([
    ["our highest mark was shown, and it still answers", mark("west-1", "e1", 10), 10, "e2"],
    ["it was shown, and it is further on", mark("west-1", "e1", 10), 25, "e2"],
  ])("%s", (_words, echoed, position, epoch) => {
    const judgement = judgePeer(remembered(), WEST, said(position), UNCLAIMED, echoed);
    expect(judgement).toMatchObject({ kind: "accepted", pin: false, memory: { mark: { epoch } } });
  });

  test.each([
    ["a lower mark was shown", mark("west-1", "e1", 9)],
    ["another epoch was shown", mark("west-1", "e0", 10)],
    ["nothing was shown", undefined],
  ])("is no evidence where %s: restored to before what it took, it would not know (I2)", (_words, echoed) => {
    for (const position of [9, 10, 25]) {
      const judgement = judgePeer(remembered(), WEST, said(position), UNCLAIMED, echoed);
      expect(judgement).toMatchObject({
        kind: "rejected",
        fault: { kind: "broken", code: "REOPENED" },
        because: "unshown",
      });
    }
  });
});

test.each([
  ["nothing was shown", undefined],
  ["an earlier store was shown", mark("west-0", "e1", 10)],
  ["it was shown itself", mark("west-2", "e1", 0)],
])(
  "another store is no evidence where %s: it would never be told which one it stands in for (I2)",
  (_words, echoed) => {
    const judgement = judgePeer(remembered(), WEST, says("us-west", mark("west-2")), UNCLAIMED, echoed);
    expect(judgement).toMatchObject({
      kind: "rejected",
      fault: { kind: "broken", code: "REPLACED" },
      because: "unshown",
    });
  },
);

test("a copy from before what was remembered, and shown to it, is a mismatch: it does not heed what it is shown", () => {
  const said = says("us-west", mark("west-1", "e2", 9));
  const judgement = judgePeer(remembered(), WEST, said, UNCLAIMED, mark("west-1", "e1", 10));
  expect(judgement).toMatchObject({
    kind: "rejected",
    fault: { kind: "mismatch", field: "store", received: expect.stringContaining("ends at 9") },
    because: "mismatch",
  });
});

describe("a request that a peer sends us", () => {
  test("grows the mark of a store that is pinned, and teaches nothing else", () => {
    const memory = remembered();
    expect(hearMark(memory, introduction("us-west", mark("west-1", "e1", 12))).mark).toEqual(mark("west-1", "e1", 12));
    expect(hearMark(memory, introduction("us-west", mark("west-1", "e1", 10)))).toBe(memory);
    expect(hearMark(memory, introduction("us-west", mark("west-1", "e1", 3)))).toBe(memory);
    expect(hearMark(memory, introduction("us-west", mark("west-1", "e2", 99)))).toBe(memory);
    expect(hearMark(memory, introduction("us-west", mark("west-2", "e1", 99)))).toBe(memory);
    expect(hearMark(NEW, introduction("us-west", mark("west-1")))).toBe(NEW);
  });
});
