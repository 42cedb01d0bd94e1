import { describe, expect, test } from "vitest";
import { CONFLICT, INTERNAL, UNREACHABLE } from "./lane-parts.ts";
import { LaneRun } from "./lane-run.ts";

describe("another store answers under the region's name", () => {
  test("it is owed everything after its own cursor, and what the earlier store said settles nothing", () => {
    const run = new LaneRun({ end: 3 });
    run.append(4, 5);
    run.step({ kind: "storeChanged", cursor: 2 });
    expect(run.lane.cursor).toBe(2);
    run.acknowledge();
    run.acknowledge();
    expect(run.lane.cursor).toBe(2);
    run.take(run.reads);
    run.found(3, 4, 5);
    while (run.sent.length > 0) run.acknowledge();
    expect(run.everSent()).toEqual([4, 5, 3, 4, 5]);
    expect(run.lane.cursor).toBe(5);
  });

  test("requests to the earlier store keep their connections until they end", () => {
    const run = new LaneRun({ rules: { windowMax: 2 } });
    run.append(1, 2, 3);
    run.step({ kind: "storeChanged", cursor: 0 });
    run.found(1, 2, 3);
    expect(run.inFlight()).toEqual([[1], [2]]);
    run.acknowledge();
    expect(run.inFlight()).toEqual([[2], [1]]);
  });

  test("a failure of a request to the earlier store is none of the new one's", () => {
    const run = new LaneRun();
    run.append(1);
    run.step({ kind: "storeChanged", cursor: 1 });
    run.fail(UNREACHABLE);
    expect(run.health).toBe("healthy");
    expect(run.wakeMs()).toBeUndefined();
  });

  test("noticed by a probe: the probe still ends, and the lane with it comes back or goes on probing", () => {
    const begin = (): LaneRun => {
      const run = new LaneRun({ rules: { openAfterFailures: 1 } });
      run.append(1);
      run.fail(UNREACHABLE);
      run.waitForRequest();
      run.step({ kind: "storeChanged", cursor: 0 });
      run.found(1);
      return run;
    };
    const back = begin();
    back.acknowledge();
    expect(back.health).toBe("healthy");
    expect(back.inFlight()).toEqual([[1]]);
    const away = begin();
    away.fail(UNREACHABLE);
    expect(away.health).toBe("open");
    expect(away.waitForRequest()).toBe(5_000);
    expect(away.inFlight()).toEqual([[1]]);
  });

  test("a read for the earlier store is ignored, whether it succeeds or fails", () => {
    const run = new LaneRun({ end: 5 });
    run.step({ kind: "woke" });
    run.step({ kind: "storeChanged", cursor: 3 });
    const [stale, current] = run.reads.splice(0);
    expect(current).toMatchObject({ range: { after: 3, through: 5 } });
    run.step({ kind: "read", id: stale?.id ?? 0, rows: [] });
    run.step({ kind: "readFailed", id: stale?.id ?? 0 });
    expect(run.wakeMs()).toBeUndefined();
    expect(run.lane.cursor).toBe(3);
  });

  test("a dead letter of the earlier store is not one of the new store, which is asked itself", () => {
    const run = new LaneRun();
    run.append(1);
    run.reply({ kind: "refused", fault: CONFLICT });
    run.step({ kind: "storeChanged", cursor: 0 });
    run.found(1);
    run.reply({ kind: "refused", fault: CONFLICT });
    run.step({ kind: "buried", id: run.take(run.buries).id });
    expect(run.lane.cursor).toBe(0);
    run.step({ kind: "buried", id: run.take(run.buries).id });
    expect(run.lane.cursor).toBe(1);
  });

  test("a dead letter of the earlier store that could not be written is not tried again", () => {
    const run = new LaneRun();
    run.append(1);
    run.reply({ kind: "refused", fault: CONFLICT });
    run.step({ kind: "buryFailed", id: run.take(run.buries).id });
    run.step({ kind: "storeChanged", cursor: 1 });
    run.wait(5_000);
    expect(run.buries).toEqual([]);
  });

  test.each([
    ["failed", { kind: "failed", fault: INTERNAL, treatment: "retry" }],
    ["given up", { kind: "aborted" }],
    ["answered", { kind: "replied", outcomes: [{ kind: "acknowledged" }] }],
  ] as const)(
    "a trial of the earlier store's suspects that is %s afterwards condemns and settles nothing",
    (_how, end) => {
      const run = new LaneRun({ rules: { suspectAfterFailures: 1 } });
      run.append(1);
      run.fail(INTERNAL);
      run.waitForRequest();
      const { id } = run.take(run.sent);
      run.step({ kind: "storeChanged", cursor: 0 });
      run.step({ ...end, id });
      expect(run.lane.suspicion).toBeUndefined();
      expect(run.lane.cursor).toBe(0);
      run.found(1);
      run.serve();
      expect(run.buries).toEqual([]);
      expect(run.lane.cursor).toBe(1);
    },
  );

  test("an answer to a request that already ended changes nothing", () => {
    const run = new LaneRun();
    run.append(1);
    const { id } = run.take(run.sent);
    run.step({ kind: "replied", id, outcomes: [{ kind: "acknowledged" }] });
    run.step({ kind: "replied", id, outcomes: [{ kind: "refused", fault: CONFLICT }] });
    run.step({ kind: "failed", id, fault: UNREACHABLE, treatment: "retry" });
    run.step({ kind: "aborted", id });
    expect(run.health).toBe("healthy");
    expect(run.lane.cursor).toBe(1);
    expect(run.buries).toEqual([]);
  });
});
