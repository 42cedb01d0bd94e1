import { describe, expect, test } from "vitest";
import type { Vote } from "../../src/quorum/policy.ts";
import { decide, type Outcome, stepTally, type TallyEvent, type TallyRules } from "../../src/tally/tally.ts";
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
      const stands = word.vote === "confirmed" && word.storeId === event.storeId;
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

function twin(
  quorums: readonly Quorum[],
  waitFor: "quorum" | "all",
  history: readonly TallyEvent[],
): Outcome | "waits" {
  const wordsIn = (known: readonly TallyEvent[], decidedAt: number): Word[] =>
    REGIONS.map((regionId) => wordOf(regionId, known, decidedAt));
  const lengths = [...history.keys(), history.length];
  const satisfiedAt = lengths.find((length) =>
    completions(wordsIn(history.slice(0, length), length)).every((list) => quorums.every((quorum) => quorum(list))),
  );
  const words = wordsIn(history, satisfiedAt ?? history.length);
  const hopeless = quorums.some((quorum) => !completions(words).some(quorum));
  const outcome = satisfiedAt !== undefined ? "committed" : hopeless ? "refused" : "pending";
  if (history.some((event) => event.kind === "timedOut")) return outcome;
  const isWaitedFor = waitFor === "all" || outcome === "pending";
  return isWaitedFor && words.some((word) => word.vote === "waiting" && !word.done) ? "waits" : outcome;
}

function explore(rules: Partial<TallyRules>, quorums: readonly Quorum[], depth: number): number {
  const visit = (history: readonly TallyEvent[]): number => {
    const tally = tallyOf(rules);
    for (const event of history) stepTally(tally, event, 0);
    const told = decide(tally) ?? "waits";
    const expected = twin(quorums, rules.waitFor ?? "quorum", history);
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

  test("one of three: the first word decides", () => {
    expect(explore({ policies: [count(1)] }, [some], 4)).toBe(16_105);
  });
});
