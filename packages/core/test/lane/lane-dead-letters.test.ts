import { describe, expect, test } from "vitest";
import { CONFLICT } from "./lane-parts.ts";
import { LaneRun } from "./lane-run.ts";

const refused = { kind: "refused", fault: CONFLICT } as const;

describe("a receipt that the region refuses", () => {
  test("is buried with its reason, the lane goes on, and the cursor waits for the dead letter", () => {
    const run = new LaneRun();
    run.append(1, 2);
    run.reply(refused);
    run.acknowledge();
    expect(run.buries).toMatchObject([{ item: { position: 1, attempts: 1 }, fault: CONFLICT }]);
    expect(run.lane.cursor).toBe(0);
    run.step({ kind: "buried", id: run.take(run.buries).id });
    expect(run.lane.cursor).toBe(2);
  });

  test("in a batch condemns none of its neighbours", () => {
    const run = new LaneRun({ rules: { receiptsPerRequestMax: 3, windowMax: 1 } });
    run.append(1);
    run.append(2, 3, 4);
    run.acknowledge();
    run.reply({ kind: "acknowledged" }, refused, { kind: "acknowledged" });
    expect(run.buries.map(({ item }) => item.position)).toEqual([3]);
    expect(run.lane.cursor).toBe(2);
  });

  test("whose dead letter can not be written is not sent again: the dead letter is, once a second", () => {
    const run = new LaneRun();
    run.append(1);
    run.reply(refused);
    const [first] = run.buries;
    for (let second = 1; second <= 3; second += 1) {
      run.step({ kind: "buryFailed", id: run.take(run.buries).id });
      expect(run.buries).toEqual([]);
      run.wait(1_000);
      expect(run.buries).toEqual([first]);
    }
    run.step({ kind: "buried", id: run.take(run.buries).id });
    expect(run.everSent()).toEqual([1]);
    expect(run.lane.cursor).toBe(1);
    expect(run.wakeMs()).toBeUndefined();
  });

  test("does not fill the memory when no dead letter can be written: sending waits", () => {
    const run = new LaneRun({ rules: { readRowsMax: 3 } });
    for (let position = 1; position <= 50; position += 1) run.append(position);
    while (run.sent.length > 0) run.reply(refused);
    expect(run.lane.burying.size).toBeLessThanOrEqual(3 + 4);
    expect(run.inFlight()).toEqual([]);
    while (run.buries.length > 0) {
      run.step({ kind: "buried", id: run.take(run.buries).id });
      while (run.sent.length > 0) run.acknowledge();
    }
    expect(run.lane.cursor).toBe(50);
  });

  test("an answer about a dead letter that nobody asked for changes nothing", () => {
    const run = new LaneRun();
    run.append(1);
    run.reply(refused);
    run.step({ kind: "buryFailed", id: 99 });
    run.step({ kind: "buried", id: 99 });
    expect(run.wakeMs()).toBeUndefined();
    expect(run.lane.cursor).toBe(0);
  });
});
