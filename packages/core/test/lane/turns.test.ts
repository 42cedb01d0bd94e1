import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isWaiting } from "../../src/lane/dispatch.ts";
import { byTurn, type TurnTaker, turnsOf } from "../../src/lane/turns.ts";
import { LaneRun } from "./lane-run.ts";

function taker(priority: number, inFlight: number, waiting: boolean): TurnTaker {
  return { priority, inFlight, waiting };
}

const takers = fc.record({ priority: fc.nat(2), inFlight: fc.nat(5), waiting: fc.boolean() });

describe("the requests that a lane may have in flight", () => {
  test("are what the others leave of the limit, and lanes of lower numbers that wait come first", () => {
    const mine = taker(1, 0, true);
    expect(turnsOf(mine, [], 8)).toBe(8);
    expect(turnsOf(mine, [taker(1, 3, true)], 8)).toBe(5);
    expect(turnsOf(mine, [taker(0, 3, true)], 8)).toBe(4);
    expect(turnsOf(mine, [taker(0, 3, false)], 8)).toBe(5);
    expect(turnsOf(mine, [taker(2, 3, true)], 8)).toBe(5);
  });

  test("I9: are never none, whatever the others do", () => {
    fc.assert(
      fc.property(takers, fc.array(takers), fc.nat(20), (mine, others, limit) => {
        expect(turnsOf(mine, others, limit)).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  test("together stay within the limit, but for the one that every lane may have", () => {
    fc.assert(
      fc.property(fc.array(takers, { minLength: 1 }), fc.nat(20), fc.array(fc.nat(50)), (lanes, limit, script) => {
        const now = lanes.map((lane) => ({ ...lane, inFlight: 0 }));
        for (const turn of script) {
          const lane = now[turn % now.length];
          if (lane === undefined) continue;
          const others = now.filter((other) => other !== lane);
          if (lane.inFlight < turnsOf(lane, others, limit)) lane.inFlight += 1;
        }
        const inFlight = now.reduce((sum, lane) => sum + lane.inFlight, 0);
        expect(inFlight).toBeLessThanOrEqual(limit + now.length);
      }),
    );
  });

  test("a turn that was left goes to the lowest number, then to who has least", () => {
    const lanes = [taker(1, 0, true), taker(0, 2, true), taker(0, 1, true)];
    expect(lanes.toSorted(byTurn)).toEqual([taker(0, 1, true), taker(0, 2, true), taker(1, 0, true)]);
  });
});

describe("a lane that shares a limit", () => {
  test("sends as many requests as it has turns, and more when it gets more", () => {
    const run = new LaneRun();
    run.turns = 1;
    run.append(1, 2, 3);
    expect(run.inFlight()).toEqual([[1]]);
    expect(isWaiting(run.lane, run.rules, run.nowMs)).toBe(true);
    run.turns = 2;
    run.step({ kind: "woke" });
    expect(run.inFlight()).toEqual([[1], [2]]);
    run.turns = 1;
    run.acknowledge();
    expect(run.inFlight()).toEqual([[2]]);
    run.serve();
    expect(run.lane.cursor).toBe(3);
  });

  test("does not wait for a turn that it would not take: resting, with a full window, or keeping room for live receipts", () => {
    const resting = new LaneRun();
    resting.append(1);
    resting.fail();
    expect(isWaiting(resting.lane, resting.rules, resting.nowMs)).toBe(false);
    const full = new LaneRun();
    full.append(1, 2, 3, 4, 5);
    expect(isWaiting(full.lane, full.rules, full.nowMs)).toBe(false);
    const behind = new LaneRun({ end: 100 });
    behind.step({ kind: "woke" });
    behind.found(10, 20, 30, 40, 50);
    expect(behind.inFlight().length).toBe(3);
    expect(isWaiting(behind.lane, behind.rules, behind.nowMs)).toBe(false);
  });
});
