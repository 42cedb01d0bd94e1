import { describe, expect, test } from "vitest";
import { FORBIDDEN, UNREACHABLE } from "./lane-parts.ts";
import { LaneRun } from "./lane-run.ts";

describe("a region that only a person can bring back", () => {
  test("is probed every 30 s with one receipt, however often it fails", () => {
    const run = new LaneRun({ rules: { receiptsPerRequestMax: 10 } });
    run.append(1);
    run.append(2, 3);
    for (let probe = 0; probe < 10; probe += 1) {
      run.fail(FORBIDDEN, "pause");
      while (run.sent.length > 0) run.fail(FORBIDDEN, "pause");
      expect(run.waitForRequest()).toBe(30_000);
      expect(run.inFlight()).toEqual([[1]]);
    }
  });

  test("is back on the first success", () => {
    const run = new LaneRun();
    run.append(1);
    run.fail(FORBIDDEN, "pause");
    run.waitForRequest();
    run.acknowledge();
    expect(run.health).toBe("healthy");
    expect(run.lane.cursor).toBe(1);
  });

  test("a sign of life does not wake it: it was never silent", () => {
    const run = new LaneRun();
    run.append(1);
    run.fail(FORBIDDEN, "pause");
    run.step({ kind: "heard" });
    expect(run.waitForRequest()).toBe(30_000);
  });

  test("when it becomes unreachable, the lane is open like any other", () => {
    const run = new LaneRun();
    run.append(1);
    run.fail(FORBIDDEN, "pause");
    run.waitForRequest();
    run.fail(UNREACHABLE);
    expect(run.lane.health).toMatchObject({ kind: "open", opened: 1, failures: 2 });
  });

  test("an open lane whose probe is forbidden pauses", () => {
    const run = new LaneRun({ rules: { openAfterFailures: 1 } });
    run.append(1);
    run.fail(UNREACHABLE);
    run.waitForRequest();
    run.fail(FORBIDDEN, "pause");
    expect(run.health).toBe("paused");
  });

  test("what was in flight with the failure changes nothing when it fails otherwise, and resumes the lane when it succeeds", () => {
    const run = new LaneRun();
    run.append(1, 2, 3);
    run.fail(FORBIDDEN, "pause");
    run.fail(UNREACHABLE);
    expect(run.lane.health).toMatchObject({ kind: "paused", failures: 1, untilMs: 30_000 });
    run.acknowledge();
    expect(run.health).toBe("healthy");
  });
});

describe("a request that we gave up ourselves", () => {
  test("is no failure, and its receipt goes out again", () => {
    const run = new LaneRun();
    run.append(1);
    run.step({ kind: "aborted", id: run.take(run.sent).id });
    expect(run.health).toBe("healthy");
    expect(run.inFlight()).toEqual([[1]]);
    run.acknowledge();
    expect(run.lane.cursor).toBe(1);
  });

  test("a probe given up leaves an open lane open, and the next probe comes after another cooldown", () => {
    const run = new LaneRun({ rules: { openAfterFailures: 1 } });
    run.append(1);
    run.fail(UNREACHABLE);
    run.waitForRequest();
    run.step({ kind: "aborted", id: run.take(run.sent).id });
    expect(run.lane.health).toMatchObject({ kind: "open", failures: 1, opened: 1 });
    expect(run.waitForRequest()).toBe(2_500);
  });

  test("a probe given up leaves a paused lane paused", () => {
    const run = new LaneRun();
    run.append(1);
    run.fail(FORBIDDEN, "pause");
    run.waitForRequest();
    run.step({ kind: "aborted", id: run.take(run.sent).id });
    expect(run.health).toBe("paused");
    expect(run.waitForRequest()).toBe(30_000);
  });
});
