import { describe, expect, test } from "vitest";
import { CONFLICT, INTERNAL, row, status, TIMEOUT } from "./lane-parts.ts";
import { LaneRun } from "./lane-run.ts";

const refused = { kind: "refused", fault: CONFLICT } as const;

/** A lane that has delivered everything up to 5, but for the dead letters 2 and 3. */
function begin(rules = {}): LaneRun {
  return new LaneRun({ cursor: 5, end: 5, rules });
}

function replay(run: LaneRun, ...positions: number[]): void {
  run.step({ kind: "replay", rows: positions.map((position) => row(position)) });
}

/** How replays ended, in order. */
function ended(run: LaneRun): unknown[] {
  return run.history.flatMap(({ command }) =>
    command.kind === "replayed" ? [[command.item.position, command.outcome]] : [],
  );
}

describe("a dead letter is tried once more", () => {
  test("one at a time, and each tells once how it ended; the cursor stays where it is", () => {
    const run = begin({ receiptsPerRequestMax: 8 });
    replay(run, 2, 3);
    expect(run.inFlight()).toEqual([[2]]);
    run.acknowledge();
    expect(run.inFlight()).toEqual([[3]]);
    run.reply(refused);
    expect(ended(run)).toEqual([
      [2, "acknowledged"],
      [3, "failed"],
    ]);
    expect(run.buries).toMatchObject([{ item: { position: 3 }, as: "refused" }]);
    expect(run.lane.cursor).toBe(5);
    run.append(6);
    run.acknowledge();
    expect(run.lane.cursor).toBe(6);
  });

  test("only when nothing else is to be sent", () => {
    const run = begin({ windowMax: 1 });
    run.append(6, 7);
    replay(run, 2);
    run.acknowledge();
    expect(run.inFlight()).toEqual([[7]]);
    run.acknowledge();
    expect(run.inFlight()).toEqual([[2]]);
    run.append(8);
    expect(run.lane.cursor).toBe(7);
    run.acknowledge();
    expect(run.inFlight()).toEqual([[8]]);
  });

  test("where it hangs, it takes nobody's place: not in a window of one, and not the only turn that others leave", () => {
    const narrow = begin({ windowMax: 1 });
    const short = begin();
    short.turns = 1;
    for (const run of [narrow, short]) {
      replay(run, 2);
      run.append(6);
      run.append(7);
      expect(run.inFlight()).toEqual([[2], [6]]);
      run.take(run.sent);
      run.acknowledge();
      expect(run.inFlight()).toEqual([[7]]);
    }
  });

  test("not before the log was asked what is owed, nor on the connection that is kept for live receipts", () => {
    const run = new LaneRun({ end: 3, rules: { windowMax: 2 } });
    replay(run, 9);
    expect(run.inFlight()).toEqual([]);
    run.found(1, 2, 3);
    expect(run.inFlight()).toEqual([[1]]);
    run.serve();
    expect(run.everSent()).toEqual([1, 2, 3, 9]);
  });

  test("not while the lane rests", () => {
    const run = begin();
    run.append(6);
    run.fail();
    replay(run, 2);
    run.wait(999);
    expect(run.inFlight()).toEqual([]);
    run.waitForRequest();
    expect(run.inFlight()).toEqual([[6]]);
    run.acknowledge();
    expect(run.inFlight()).toEqual([[2]]);
  });

  test("poison that fails again stays what it is: the next one waits, the lane does not, nobody is told of an attempt, nothing is suspected", () => {
    const run = begin();
    replay(run, 2, 3);
    run.serve({}, [2, 3]);
    expect(run.nowMs).toBe(1_000);
    expect(run.history.some(({ command }) => command.kind === "healthChanged")).toBe(false);
    expect(ended(run)).toEqual([
      [2, "failed"],
      [3, "failed"],
    ]);
    expect(run.everSent()).toEqual([2, 3]);
    expect(run.history.some(({ command }) => command.kind === "attemptFailed" || command.kind === "bury")).toBe(false);
    expect(run.lane.suspicion).toBeUndefined();
    expect(run.health).toBe("healthy");
    expect(run.wakeMs()).toBeUndefined();
  });

  test.each([
    ["a failure", INTERNAL],
    ["silence", TIMEOUT],
  ])("after %s the region is asked whether it is well, before the next one", (_words, fault) => {
    const run = begin();
    replay(run, 2, 3);
    run.fail(fault);
    expect([run.probes.length, run.inFlight()]).toEqual([1, []]);
    run.step({ kind: "failed", id: run.take(run.probes).id, fault: TIMEOUT, treatment: "retry" });
    expect(run.health).toBe("backingOff");
    expect(run.inFlight()).toEqual([]);
    run.wait(1_000);
    run.step({ kind: "replied", id: run.take(run.probes).id, outcomes: [] });
    expect(run.health).toBe("healthy");
    expect(run.inFlight()).toEqual([[3]]);
  });

  test("what is live waits neither for that question nor for a rest, and answers it as well", () => {
    const run = begin({ windowMax: 2 });
    replay(run, 2, 3);
    run.append(6);
    run.fail(TIMEOUT);
    expect([run.probes.length, run.inFlight()]).toEqual([0, [[6]]]);
    run.append(7);
    expect(run.inFlight()).toEqual([[6], [7]]);
    run.acknowledge();
    run.acknowledge();
    expect([run.probes.length, run.inFlight()]).toEqual([0, []]);
    expect(run.waitForRequest()).toBe(1_000);
    expect(run.inFlight()).toEqual([[3]]);
    run.fail(TIMEOUT);
    run.append(8);
    expect([run.probes.length, run.inFlight()]).toEqual([1, [[8]]]);
  });

  test("a reply without a word about it is a failure, too", () => {
    const run = begin();
    replay(run, 2);
    run.reply();
    expect(ended(run)).toEqual([[2, "failed"]]);
  });

  test("given up by ourselves it goes out again, and tells how it ended only then", () => {
    const run = begin();
    replay(run, 2);
    run.step({ kind: "aborted", id: run.take(run.sent).id });
    expect(ended(run)).toEqual([]);
    expect(run.inFlight()).toEqual([[2]]);
    run.acknowledge();
    expect(ended(run)).toEqual([[2, "acknowledged"]]);
  });

  test("dropped when another store takes the region's place: what waits, and what is under way", () => {
    const run = begin();
    replay(run, 2, 3);
    run.step({ kind: "storeChanged", cursor: 5 });
    expect(ended(run).toSorted()).toEqual([
      [2, "dropped"],
      [3, "dropped"],
    ]);
    run.acknowledge();
    expect(ended(run).length).toBe(2);
    expect(run.lane.cursor).toBe(5);
    replay(run, 4);
    expect(run.inFlight()).toEqual([[4]]);
  });

  test("where the region asks for a rest with its answer, the next dead letter rests, and nobody else", () => {
    const run = begin();
    replay(run, 2, 3);
    run.fail(status(500, 60_000));
    run.append(6);
    expect(run.inFlight()).toEqual([[6]]);
    run.acknowledge();
    expect(run.waitForRequest()).toBe(60_000);
    expect(run.inFlight()).toEqual([[3]]);
  });

  test.each([
    [TIMEOUT, 1_000],
    [status(500, 60_000), 60_000],
  ])("the next one rests also where the lane has failed and recovered meanwhile (%o)", (fault, restMs) => {
    const run = begin();
    replay(run, 2, 3);
    run.append(6, 7);
    const first = run.take(run.sent);
    run.fail(TIMEOUT);
    run.acknowledge();
    run.step({ kind: "failed", id: first.id, fault, treatment: "retry" });
    run.acknowledge();
    for (const { id } of run.probes.splice(0)) run.step({ kind: "replied", id, outcomes: [] });
    expect(run.waitForRequest()).toBe(restMs);
    expect(run.inFlight()).toEqual([[3]]);
  });

  test("a failure that says nothing of the receipt is one of the lane, and what the region asks for is honoured", () => {
    const run = begin();
    replay(run, 2);
    run.fail(status(503, 60_000));
    run.append(6);
    expect(run.waitForRequest()).toBe(60_000);
  });

  test("beside suspects it does not show that the region is well", () => {
    const run = begin({ suspectAfterFailures: 1 });
    run.append(6);
    run.fail(INTERNAL);
    replay(run, 2);
    run.waitForRequest();
    expect(run.inFlight()).toEqual([[6]]);
    run.fail(INTERNAL);
    expect(run.inFlight()).toEqual([]);
    run.wait(2_000);
    expect(run.inFlight()).toEqual([]);
    expect(run.probes.length).toBe(1);
  });
});
