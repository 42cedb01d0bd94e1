import { describe, expect, test } from "vitest";
import type { PolicyBranch, QuorumPolicy, Vote } from "../../src/quorum/policy.ts";
import { policyRegions } from "../../src/quorum/policy-regions.ts";
import { bothPolicies, zonesPolicy } from "../../src/quorum/presets.ts";
import {
  decide,
  inheritVotes,
  judge,
  type Outcome,
  stepTally,
  type TallyEvent,
  type TallyRules,
} from "../../src/tally/tally.ts";
import {
  closed,
  confirmed,
  count,
  exhausted,
  REGIONS,
  refused,
  replaced,
  TIMED_OUT,
  tallyOf,
  withdrawn,
} from "./tally-parts.ts";

/** Every event that changes what is known of a region, with a store of `b` that another one replaces. */
const ALPHABET: readonly TallyEvent[] = [
  confirmed("a1"),
  confirmed("b1"),
  confirmed("b2"),
  refused("b1"),
  replaced("b1"),
  withdrawn("b1"),
  exhausted("b"),
  confirmed("c1"),
  refused("c1"),
  closed("c"),
  TIMED_OUT,
];

/** Whether these regions, by name, are a quorum: the slow and plain words for a list of policies. */
type Quorum = (confirming: readonly string[]) => boolean;

interface Word {
  readonly vote: Vote;
  readonly storeId: string | undefined;
  readonly done: boolean;
}

const SILENT: Word = { vote: "waiting", storeId: undefined, done: false };

/** What a region's word is after a history, told from the whole history each time. Nothing is taken back once decided. */
function wordOf(regionId: string, history: readonly TallyEvent[], decidedAt: number): Word {
  let word = SILENT;
  const gone = new Set<string>();
  for (const [index, event] of history.entries()) {
    if (event.kind === "timedOut" || event.regionId !== regionId) continue;
    if (event.kind === "failed") word = { ...word, done: word.done || event.done };
    else if (event.kind === "closed") word = { ...word, done: true };
    else if (event.kind === "confirmed" || event.kind === "refused") {
      const stands = word.vote === "confirmed" && (word.storeId === event.storeId || index >= decidedAt);
      if (!stands && !gone.has(event.storeId)) word = { vote: event.kind, storeId: event.storeId, done: true };
    } else {
      if (event.kind === "storeReplaced") gone.add(event.storeId);
      if (word.storeId === event.storeId && index < decidedAt) word = SILENT;
    }
  }
  return word;
}

/** Every way in which the regions that have not voted may still vote: the confirming ones of each. */
function completions(words: readonly Word[]): string[][] {
  let lists: string[][] = [[]];
  for (const [index, regionId] of REGIONS.entries()) {
    const vote = words[index]?.vote;
    if (vote === "refused") continue;
    const withIt = lists.map((list) => [...list, regionId]);
    lists = vote === "confirmed" ? withIt : [...lists, ...withIt];
  }
  return lists;
}

/** After how many events the votes were a quorum first, whatever came later. */
function satisfiedAt(quorums: readonly Quorum[], history: readonly TallyEvent[]): number | undefined {
  return [...history.keys(), history.length].find((length) => {
    const words = REGIONS.map((regionId) => wordOf(regionId, history.slice(0, length), length));
    return outcomeOf(quorums, words) === "committed";
  });
}

/** What these words decide, by trying every completion. */
function outcomeOf(quorums: readonly Quorum[], words: readonly Word[]): Outcome {
  const lists = completions(words);
  if (lists.every((list) => quorums.every((quorum) => quorum(list)))) return "committed";
  return quorums.some((quorum) => !lists.some(quorum)) ? "refused" : "pending";
}

function twin(
  quorums: readonly Quorum[],
  voters: ReadonlySet<string>,
  waitFor: "quorum" | "all",
  history: readonly TallyEvent[],
): Outcome | "waits" {
  const decidedAt = satisfiedAt(quorums, history);
  const words = REGIONS.map((regionId) => wordOf(regionId, history, decidedAt ?? history.length));
  const outcome = decidedAt !== undefined ? "committed" : outcomeOf(quorums, words);
  if (history.some((event) => event.kind === "timedOut")) return outcome;
  const isWaitedFor = (regionId: string) => waitFor === "all" || (outcome === "pending" && voters.has(regionId));
  const open = REGIONS.filter((_, index) => words[index]?.vote === "waiting" && !words[index]?.done);
  return open.some(isWaitedFor) ? "waits" : outcome;
}

function explore(
  rules: Partial<TallyRules> & Pick<TallyRules, "policies">,
  quorums: readonly Quorum[],
  depth: number,
): number {
  const voters = new Set(rules.policies.flatMap(policyRegions));
  const visit = (history: readonly TallyEvent[]): number => {
    const tally = tallyOf(rules);
    for (const event of history) stepTally(tally, event, 0);
    const told = decide(tally) ?? "waits";
    const expected = twin(quorums, voters, rules.waitFor ?? "quorum", history);
    if (told !== expected) throw new Error(`told ${told}, not ${expected}: ${JSON.stringify(history)}`);
    if (history.length === depth) return 1;
    return ALPHABET.reduce((nodes, event) => nodes + visit([...history, event]), 1);
  };
  return visit([]);
}

describe("every sequence of events of three regions, against a slow twin", () => {
  const two: Quorum = (list) => list.length >= 2;
  const all: Quorum = (list) => list.length === 3;
  const some: Quorum = (list) => list.length >= 1;

  test.each(["quorum", "all"] as const)("two of three, waiting for %s", (waitFor) => {
    expect(explore({ waitFor, policies: [count(2)] }, [two], 4)).toBe(16_105);
  });

  test.each(["quorum", "all"] as const)("three of three, waiting for %s", (waitFor) => {
    expect(explore({ waitFor, policies: [count(3)] }, [all], 4)).toBe(16_105);
  });

  test("two policies that must both hold", () => {
    const withB: Quorum = (list) => list.includes("b");
    expect(explore({ policies: [count(2), count(1, ["b"])] }, [two, withB], 4)).toBe(16_105);
  });

  test("two of three, of which one is an observer", () => {
    const pair: Quorum = (list) => list.includes("a") && list.includes("b");
    expect(explore({ policies: [count(2, ["a", "b"])] }, [pair], 4)).toBe(16_105);
  });

  test("one of three: the first word decides", () => {
    expect(explore({ policies: [count(1)] }, [some], 4)).toBe(16_105);
  });

  test.each(["quorum", "all"] as const)("a heavy region, waiting for %s", (waitFor) => {
    const heavy: QuorumPolicy = {
      kind: "threshold",
      label: "weight",
      threshold: 2,
      of: [leaf("a", 2), leaf("b"), leaf("c")],
    };
    expect(explore({ waitFor, policies: [heavy] }, [(list) => list.includes("a") || list.length === 2], 4)).toBe(
      16_105,
    );
  });

  test("a group within a group", () => {
    const either: QuorumPolicy = { kind: "threshold", label: "or", threshold: 1, of: [leaf("b"), leaf("c")] };
    const both = bothPolicies({ kind: "region", regionId: "a" }, either);
    const holds: Quorum = (list) => list.includes("a") && list.length >= 2;
    expect(explore({ policies: [both] }, [holds], 4)).toBe(16_105);
  });

  test("two of three, in two zones", () => {
    const zoneOf: Record<string, string> = { a: "x", b: "x", c: "y" };
    const policy = zonesPolicy(
      2,
      2,
      REGIONS.map((regionId) => ({ regionId, weight: 1, zone: zoneOf[regionId] })),
    );
    const holds: Quorum = (list) => list.length >= 2 && list.includes("c");
    expect(explore({ policies: [policy] }, [holds], 4)).toBe(16_105);
  });

  test("all are waited for, an observer too, which decides nothing", () => {
    const pair: Quorum = (list) => list.includes("a") && list.includes("b");
    expect(explore({ waitFor: "all", policies: [count(2, ["a", "b"])] }, [pair], 4)).toBe(16_105);
  });
});

test("every call takes over the votes that stand, whatever another one heard, and nothing else", () => {
  const two: Quorum = (list) => list.length >= 2;
  const rules: Partial<TallyRules> = { policies: [count(2)] };
  const visit = (history: readonly TallyEvent[]): number => {
    const tally = tallyOf(rules);
    inheritVotes(tally, tallyOf(rules, history));
    const decidedAt = satisfiedAt([two], history);
    const standing = REGIONS.map((regionId): Word => {
      const word = wordOf(regionId, history, decidedAt ?? history.length);
      const isGone = history.some((event) => event.kind === "storeReplaced" && event.storeId === word.storeId);
      return word.vote === "waiting" || isGone ? SILENT : word;
    });
    for (const [index, regionId] of REGIONS.entries()) {
      const region = tally.regions.get(regionId);
      const { vote, done } = standing[index] ?? SILENT;
      if (region?.vote !== vote || region.done !== done)
        throw new Error(`${regionId}: ${JSON.stringify({ region, history })}`);
    }
    const told = judge(tally);
    const expected = outcomeOf([two], standing);
    if (told !== expected) throw new Error(`told ${told}, not ${expected}: ${JSON.stringify(history)}`);
    if (history.length === 4) return 1;
    return ALPHABET.reduce((nodes, event) => nodes + visit([...history, event]), 1);
  };
  expect(visit([])).toBe(16_105);
});

function leaf(regionId: string, weight = 1): PolicyBranch {
  return { weight, policy: { kind: "region", regionId } };
}
