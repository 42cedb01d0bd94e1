import { describe, expect, test } from "vitest";
import { heal } from "./heal-world.ts";
import { FORBIDDEN, INTERNAL, RULES, status, TIMEOUT, UNREACHABLE } from "./lane-parts.ts";
import type { RegionTraits } from "./lane-region.ts";
import { LaneWorld } from "./lane-world.ts";

type Move = readonly [name: string, play: (world: LaneWorld) => void];

const ROWS_MAX = 3;

/** Everything that can happen next; what nobody is waiting for can not. */
function movesIn(world: LaneWorld, appended: number): Move[] {
  const moves: Move[] = [["storeChanged", (next) => next.storeChanged(0)]];
  if (appended < ROWS_MAX) moves.push(["append", (next) => next.append(1)]);
  if (world.requests.length > 0) {
    moves.push(
      ["acknowledge", (next) => next.reply(0)],
      ["refuse", (next) => next.reply(0, () => true)],
      ["fail", (next) => next.fail(0, UNREACHABLE, "retry")],
      ["pause", (next) => next.fail(0, FORBIDDEN, "pause")],
      ["abort", (next) => next.abort(0)],
    );
  }
  if (world.requests.length > 1) {
    moves.push(
      ["acknowledge the later", (next) => next.reply(1)],
      ["fail the later", (next) => next.fail(1, UNREACHABLE, "retry")],
    );
  }
  if (world.reads.length > 0)
    moves.push(["read", (next) => next.answerRead(0)], ["read fails", (next) => next.failRead(0)]);
  if (world.reads.length > 1) moves.push(["later read", (next) => next.answerRead(1)]);
  if (world.buries.length > 0)
    moves.push(["buried", (next) => next.buried(0)], ["bury fails", (next) => next.buryFailed(0)]);
  const wakeMs = world.wakeMs();
  if (wakeMs !== undefined) moves.push(["wake", (next) => next.pass(wakeMs - next.nowMs)]);
  return moves;
}

/** And what can happen besides: to half a request, to the later one, at a store that has everything, or that asks for time. */
function rareMovesIn(world: LaneWorld, appended: number): Move[] {
  const moves = movesIn(world, appended);
  moves.push(
    ["heard", (next) => next.heard()],
    ["storeChanged to a full one", (next) => next.storeChanged(next.lastPosition)],
    ["wake for nothing", (next) => next.wake()],
  );
  const [first] = world.requests;
  if (first !== undefined) {
    const last = first.items.at(-1)?.position;
    moves.push(
      ["silent on the last", (next) => next.reply(0, () => false, Math.max(0, first.items.length - 1))],
      ["refuse the last", (next) => next.reply(0, (position) => position === last)],
      ["break on it", (next) => next.fail(0, INTERNAL, "retry")],
      ["ask for time", (next) => next.fail(0, status(429, 60_000), "retry")],
    );
  }
  if (world.requests.length > 1) {
    moves.push(
      ["refuse the later", (next) => next.reply(1, () => true)],
      ["pause the later", (next) => next.fail(1, FORBIDDEN, "pause")],
      ["abort the later", (next) => next.abort(1)],
    );
  }
  return moves;
}

/** What matters to a region that can not take everything: its own answers, others that come and go, and outages. */
function movesOfTrouble(world: LaneWorld, appended: number): Move[] {
  const moves: Move[] = [];
  if (appended < ROWS_MAX) moves.push(["append", (next) => next.append(0)]);
  if (world.requests.length > 0) {
    moves.push(["answer", (next) => next.reply(0)], ["time out", (next) => next.fail(0, TIMEOUT, "retry")]);
  }
  if (world.requests.length > 1) {
    moves.push(
      ["answer the later", (next) => next.reply(1)],
      ["answer the later half", (next) => next.reply(1, () => false, 1)],
    );
  }
  if (world.reads.length > 0) moves.push(["read", (next) => next.answerRead(0)]);
  if (world.buries.length > 0) moves.push(["buried", (next) => next.buried(0)]);
  const wakeMs = world.wakeMs();
  if (wakeMs !== undefined) moves.push(["wake", (next) => next.pass(wakeMs - next.nowMs)]);
  moves.push(["replay", (next) => next.replay(0)], ["storeChanged", (next) => next.storeChanged(0)]);
  return moves;
}

/** Plays every sequence of moves, heals after each, and returns how many there were. */
function explore(begin: () => LaneWorld, depth: number, possible = movesIn, path: readonly Move[] = []): number {
  const world = begin();
  for (const [, play] of path) play(world);
  const appended = path.filter(([name]) => name === "append").length;
  const moves = path.length < depth ? possible(world, appended) : [];
  try {
    heal(world);
  } catch (error) {
    throw new Error(path.map(([name]) => name).join(", "), { cause: error });
  }
  return moves.reduce((count, move) => count + explore(begin, depth, possible, [...path, move]), 1);
}

describe("every sequence of events of a small lane", () => {
  const small = { ...RULES, windowMax: 2, queuedReceiptsMax: 1, readRowsMax: 1, openAfterFailures: 2 };

  test("one request at a time carries one receipt", () => {
    expect(explore(() => new LaneWorld(small, { owed: 1 }), 6)).toBeGreaterThan(50_000);
  });

  test("a window of two, with room in memory", () => {
    const roomy = { ...small, queuedReceiptsMax: 10, readRowsMax: 10 };
    expect(explore(() => new LaneWorld(roomy, { owed: 2 }), 6)).toBeGreaterThan(50_000);
  });

  test("requests of two receipts", () => {
    const batches = { ...small, receiptsPerRequestMax: 2, queuedReceiptsMax: 10, readRowsMax: 10 };
    expect(explore(() => new LaneWorld(batches, { owed: 3 }), 6)).toBeGreaterThan(50_000);
  });

  test("rows that gather while a request is in flight", () => {
    const gathering = { ...small, receiptsPerRequestMax: 2, queuedReceiptsMax: 10, readRowsMax: 10, gatherMs: 2 };
    expect(explore(() => new LaneWorld(gathering, { owed: 1 }), 6)).toBeGreaterThan(50_000);
  });

  test.each([
    ["one request at a time", small, { owed: 1 }],
    ["a window of two, behind a foreign row", { ...small, queuedReceiptsMax: 10 }, { owed: 2, foreign: 1 }],
    ["requests of two receipts", { ...small, receiptsPerRequestMax: 2, queuedReceiptsMax: 10 }, { owed: 3 }],
  ])("with all that is rare: %s", (_words, rules, start) => {
    expect(explore(() => new LaneWorld(rules, start), 4, rareMovesIn)).toBeGreaterThan(5_000);
  });

  describe("towards a region that can not take everything", () => {
    const batches = {
      ...small,
      receiptsPerRequestMax: 2,
      suspectAfterFailures: 1,
      queuedReceiptsMax: 10,
      readRowsMax: 10,
    };

    /** What of the log is read already, and answered so often. */
    function after(answers: number, region: Partial<RegionTraits>): LaneWorld {
      const world = new LaneWorld(batches, { owed: 3, region });
      world.answerRead(0);
      for (let answer = 0; answer < answers; answer += 1) {
        if (world.requests.length === 0) world.pass((world.wakeMs() ?? world.nowMs) - world.nowMs);
        world.reply(0);
      }
      return world;
    }

    test.each([0, 1, 2])("one poisonous row among three: number %i", (poison) => {
      expect(explore(() => after(0, { poison: [poison] }), 5, movesOfTrouble)).toBeGreaterThan(2_000);
    });

    test.each([3, 5, 7, 9])("two poisonous rows among three, from their answer number %i on", (answers) => {
      expect(explore(() => after(answers, { poison: [0, 1] }), 5, movesOfTrouble)).toBeGreaterThan(500);
    });

    test("rows that fail alone in a batch", () => {
      expect(explore(() => after(0, { poison: [1], poisonsItems: true }), 5, movesOfTrouble)).toBeGreaterThan(2_000);
    });

    test("no batches", () => {
      expect(explore(() => after(0, { takesBatches: false }), 5, movesOfTrouble)).toBeGreaterThan(2_000);
    });

    test("one receipt per request is all that passes", () => {
      expect(explore(() => after(0, { receiptsMax: 1, poison: [2] }), 5, movesOfTrouble)).toBeGreaterThan(2_000);
    });
  });
});
