import { describe, expect, test } from "vitest";
import { decide, inheritVotes, judge } from "../../src/tally/tally.ts";
import { closed, confirmed, count, exhausted, refused, replaced, tallyOf, withdrawn } from "./tally-parts.ts";

describe("a store that was replaced", () => {
  test("takes its confirmation with it while the tally is undecided", () => {
    const tally = tallyOf({ policies: [count(3)] }, [
      confirmed("a1"),
      confirmed("b1"),
      replaced("b1"),
      confirmed("c1"),
    ]);
    expect(judge(tally)).toBe("pending");
    expect(tally.regions.get("b")).toMatchObject({ vote: "waiting", storeId: undefined, done: false });
  });

  test("takes its refusal with it: the loss of a refusing store makes a quorum possible again", () => {
    const events = [confirmed("a1"), refused("b1"), refused("c1"), replaced("b1")];
    expect(judge(tallyOf({}, events))).toBe("pending");
    expect(judge(tallyOf({}, [...events, confirmed("b2")]))).toBe("committed");
  });

  test("never counts again, also when its word was still on its way", () => {
    expect(judge(tallyOf({}, [confirmed("a1"), replaced("b1"), confirmed("b1")]))).toBe("pending");
    expect(judge(tallyOf({}, [refused("c1"), replaced("b1"), refused("b1")]))).toBe("pending");
  });

  test("leaves a satisfied tally as it is", () => {
    const tally = tallyOf({}, [confirmed("a1"), confirmed("b1"), replaced("b1"), refused("b2"), confirmed("b2")]);
    expect(judge(tally)).toBe("committed");
    expect(tally.regions.get("b")).toMatchObject({ vote: "confirmed", storeId: "b1" });
  });

  test("of another region, or one that gave no vote, takes nothing", () => {
    const tally = tallyOf({ policies: [count(3)] }, [confirmed("b1"), replaced("c1"), replaced("b0")]);
    expect(tally.regions.get("b")?.vote).toBe("confirmed");
  });

  test("a newer store's word stays when the older one is reported gone after it", () => {
    const events = [confirmed("a1"), confirmed("b1"), confirmed("b2"), replaced("b1")];
    const tally = tallyOf({ policies: [count(3)] }, events);
    expect(tally.regions.get("b")).toMatchObject({ vote: "confirmed", storeId: "b2" });
    const refusing = tallyOf({ policies: [count(3)] }, [confirmed("b1"), refused("b2"), replaced("b1")]);
    expect(judge(refusing)).toBe("refused");
  });

  test("its region is waited for again", () => {
    expect(decide(tallyOf({}, [confirmed("a1"), refused("b1"), exhausted("c"), replaced("b1")]))).toBeUndefined();
  });
});

describe("a vote that is withdrawn", () => {
  test("does not count, and may be given again by the same store", () => {
    const events = [confirmed("a1"), withdrawn("a1"), confirmed("b1")];
    expect(judge(tallyOf({}, events))).toBe("pending");
    expect(judge(tallyOf({}, [...events, confirmed("a1")]))).toBe("committed");
  });

  test("changes nothing where that store gave none", () => {
    const tally = tallyOf({}, [closed("b"), withdrawn("b1")]);
    expect(tally.regions.get("b")).toMatchObject({ vote: "waiting", done: true });
  });
});

describe("a second call for the same state", () => {
  test("begins with the votes that the first has gathered, and with no waiting or giving up of it", () => {
    const known = tallyOf({}, [confirmed("a1", 40), refused("b1"), exhausted("c")]);
    const tally = tallyOf({});
    inheritVotes(tally, known);
    expect(tally.regions.get("a")).toMatchObject({ vote: "confirmed", latencyMs: 0 });
    expect(tally.regions.get("b")).toMatchObject({ vote: "refused", latencyMs: undefined });
    expect(tally.regions.get("c")).toMatchObject({ vote: "waiting", attempts: 0, done: false });
  });

  test("is committed at once when the first is satisfied and still waits for the rest", () => {
    const known = tallyOf({ waitFor: "all" }, [confirmed("a1"), confirmed("b1")]);
    const tally = tallyOf({});
    inheritVotes(tally, known);
    expect(decide(tally)).toBe("committed");
  });

  test("takes no vote of a store that was replaced since, and none that comes late", () => {
    const known = tallyOf({}, [confirmed("a1"), confirmed("b1"), replaced("b1")]);
    const tally = tallyOf({}, []);
    inheritVotes(tally, known);
    expect(judge(known)).toBe("committed");
    expect(judge(tally)).toBe("pending");
    expect(tally.regions.get("b")?.vote).toBe("waiting");
    expect(judge(tallyOf({}, [confirmed("a1"), replaced("b1"), confirmed("b1")]))).toBe("pending");
  });

  test("keeps what it heard itself, and is judged by its own policies", () => {
    const known = tallyOf({}, [refused("a1"), confirmed("b1"), confirmed("c1")]);
    const tally = tallyOf({ policies: [count(3)], regionIds: ["a", "b"] }, [confirmed("a2")]);
    inheritVotes(tally, known);
    expect(tally.regions.get("a")).toMatchObject({ vote: "confirmed", storeId: "a2" });
    expect(tally.regions.has("c")).toBe(false);
    expect(judge(tally)).toBe("pending");
  });
});
