import { describe, expect, test } from "vitest";
import { decide, judge, type Outcome, type TallyEvent } from "../../src/tally/tally.ts";
import { closed, confirmed, count, exhausted, failed, REGIONS, refused, TIMED_OUT, tallyOf } from "./tally-parts.ts";

/** What is told after these events, two of three regions being the quorum: waiting for the quorum, and waiting for all. */
type Row = readonly [words: string, events: readonly TallyEvent[], quorum: Outcome | "waits", all: Outcome | "waits"];

const TWO_OF_THREE: readonly Row[] = [
  ["nobody has said anything", [], "waits", "waits"],
  ["the local store has it", [confirmed("a1")], "waits", "waits"],
  ["two have it, one is out", [confirmed("a1"), confirmed("b1")], "committed", "waits"],
  ["two have it, one fails and is tried again", [confirmed("a1"), confirmed("b1"), failed("c")], "committed", "waits"],
  [
    "two have it, one has no attempts left",
    [confirmed("a1"), confirmed("b1"), exhausted("c")],
    "committed",
    "committed",
  ],
  ["two have it, one refuses", [confirmed("a1"), confirmed("b1"), refused("c1")], "committed", "committed"],
  ["two have it, one lane is closed", [confirmed("a1"), confirmed("b1"), closed("c")], "committed", "committed"],
  ["all have it", [confirmed("a1"), confirmed("b1"), confirmed("c1")], "committed", "committed"],
  ["two have it, without the local store", [confirmed("b1"), confirmed("c1")], "committed", "waits"],
  ["one refuses, one is out", [confirmed("a1"), refused("b1")], "waits", "waits"],
  ["two refuse", [confirmed("a1"), refused("b1"), refused("c1")], "refused", "refused"],
  ["two refuse, and the local store has said nothing", [refused("b1"), refused("c1")], "refused", "waits"],
  ["one refuses, one has no attempts left", [confirmed("a1"), refused("b1"), exhausted("c")], "pending", "pending"],
  ["nobody else can be reached", [confirmed("a1"), exhausted("b"), closed("c")], "pending", "pending"],
  [
    "all attempts failed, none refused: no refusal",
    [exhausted("a"), exhausted("b"), exhausted("c")],
    "pending",
    "pending",
  ],
  [
    "a closed lane stays so when the request that closed it is told of too",
    [confirmed("a1"), closed("b"), failed("b"), closed("c")],
    "pending",
    "pending",
  ],
  ["time is up", [confirmed("a1"), failed("b"), TIMED_OUT], "pending", "pending"],
  ["time is up before anybody spoke", [TIMED_OUT], "pending", "pending"],
  ["time is up, the quorum is there", [confirmed("a1"), confirmed("b1"), TIMED_OUT], "committed", "committed"],
  ["time is up after refusals", [refused("b1"), refused("c1"), TIMED_OUT], "refused", "refused"],
  [
    "an acknowledgement after attempts ran out",
    [confirmed("a1"), exhausted("b"), exhausted("c"), confirmed("b1")],
    "committed",
    "committed",
  ],
  [
    "an acknowledgement after a refusal",
    [confirmed("a1"), refused("b1"), refused("c1"), confirmed("b1")],
    "committed",
    "committed",
  ],
  ["a refusal after an acknowledgement", [confirmed("a1"), confirmed("b1"), refused("b1")], "committed", "waits"],
];

describe("what a caller is told: two of three", () => {
  test.each(TWO_OF_THREE)("%s", (_words, events, quorum, all) => {
    expect(decide(tallyOf({ waitFor: "quorum" }, events)) ?? "waits").toBe(quorum);
    expect(decide(tallyOf({ waitFor: "all" }, events)) ?? "waits").toBe(all);
  });
});

describe("observers", () => {
  const policies = [count(2, ["a", "b"])];

  test("get the receipt, but neither confirm nor refuse it", () => {
    expect(judge(tallyOf({ policies }, [confirmed("a1"), confirmed("c1")]))).toBe("pending");
    expect(judge(tallyOf({ policies }, [confirmed("a1"), refused("c1")]))).toBe("pending");
  });

  test("are waited for by waitFor all, and by nobody else", () => {
    const events = [confirmed("a1"), exhausted("b")];
    expect(decide(tallyOf({ policies }, events))).toBe("pending");
    expect(decide(tallyOf({ policies, waitFor: "all" }, events))).toBeUndefined();
  });
});

describe("a call's own policy", () => {
  test("must hold in addition", () => {
    const policies = [count(2), count(1, ["c"])];
    expect(judge(tallyOf({ policies }, [confirmed("a1"), confirmed("b1")]))).toBe("pending");
    expect(judge(tallyOf({ policies }, [confirmed("a1"), confirmed("c1")]))).toBe("committed");
  });

  test("makes a receipt refused that the configured one alone would commit", () => {
    const policies = [count(2), count(1, ["c"])];
    expect(decide(tallyOf({ policies }, [confirmed("a1"), confirmed("b1"), refused("c1")]))).toBe("refused");
  });

  test("may look at a region that the configured one does not, which is then waited for", () => {
    const policies = [count(1, ["a"]), count(1, ["c"])];
    expect(decide(tallyOf({ policies }, [confirmed("a1"), closed("b")]))).toBeUndefined();
    expect(decide(tallyOf({ policies }, [confirmed("a1"), closed("c")]))).toBe("pending");
  });
});

describe("what is not evidence", () => {
  test("no policy is no quorum", () => {
    expect(judge(tallyOf({ policies: [] }, [confirmed("a1"), confirmed("b1")]))).toBe("pending");
  });

  test("the word of a region that does not get the receipt", () => {
    const tally = tallyOf({ regionIds: ["a", "b"] }, [confirmed("a1"), confirmed("c1"), refused("c1")]);
    expect(judge(tally)).toBe("pending");
    expect([...tally.regions.keys()]).toEqual(["a", "b"]);
  });

  test("a region that is not asked is not waited for either", () => {
    expect(decide(tallyOf({ regionIds: ["a", "b"] }, [confirmed("a1"), exhausted("b")]))).toBe("pending");
  });

  test("the same region twice", () => {
    expect(judge(tallyOf({}, [confirmed("b1"), confirmed("b1"), confirmed("b2")]))).toBe("pending");
  });
});

describe("what a tally tells of each region", () => {
  test("attempts, latency from the beginning of the wait, durability, and the last trouble", () => {
    const { regions } = tallyOf({}, [
      failed("b", 1),
      failed("b", 2),
      { kind: "confirmed", regionId: "b", storeId: "b1", durability: "unproven", atMs: 130, attempts: 3 },
      exhausted("c", 4),
      { kind: "closed", regionId: "c", trouble: undefined },
    ]);
    expect(regions.get("b")).toMatchObject({ vote: "confirmed", attempts: 3, latencyMs: 130, durability: "unproven" });
    expect(regions.get("b")?.trouble).toBeUndefined();
    expect(regions.get("c")).toMatchObject({ vote: "waiting", attempts: 4, trouble: { kind: "fault" }, done: true });
  });

  test("a failure or a closed lane after a vote takes nothing from it", () => {
    const { regions } = tallyOf({}, [refused("b1"), exhausted("b", 2), closed("b"), confirmed("c1"), closed("c")]);
    expect(regions.get("b")).toMatchObject({ vote: "refused", trouble: { kind: "different" }, attempts: 2 });
    expect(regions.get("c")).toMatchObject({ vote: "confirmed", trouble: undefined });
  });

  test("every region from the start", () => {
    expect([...tallyOf({}).regions.keys()]).toEqual([...REGIONS]);
  });
});
