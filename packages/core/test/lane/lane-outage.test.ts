import { describe, expect, test } from "vitest";
import { RULES, status, UNREACHABLE } from "./lane-parts.ts";
import { LaneRun } from "./lane-run.ts";

/** The region fails every request until the lane opens. */
function untilOpen(run: LaneRun): void {
  while (run.health !== "open") {
    run.waitForRequest();
    run.fail();
  }
}

describe("a region goes away", () => {
  test("attempts follow the seeds' schedule: at once, then after 1 s, 2 s, 4 s, 4 s", () => {
    const run = new LaneRun();
    run.append(1);
    const waits = [1, 2, 3, 4].map(() => {
      run.fail();
      return run.waitForRequest();
    });
    expect(waits).toEqual([1_000, 2_000, 4_000, 4_000]);
  });

  test("a receipt that arrives during a backoff joins the next request", () => {
    const run = new LaneRun({ rules: { receiptsPerRequestMax: 10 } });
    run.append(1);
    run.fail();
    run.append(2);
    expect(run.inFlight()).toEqual([]);
    run.wait(1_000);
    expect(run.inFlight()).toEqual([[1, 2]]);
  });

  test("requests that were in flight together are one failure and one step of backoff", () => {
    const run = new LaneRun();
    run.append(1, 2, 3, 4);
    run.fail();
    run.wait(300);
    run.fail();
    run.fail();
    run.fail();
    expect(run.lane.health).toMatchObject({ kind: "backingOff", failures: 1, untilMs: 1_000 });
    expect(run.waitForRequest()).toBe(700);
  });

  test("after a failure one request at a time, until one succeeds; then the window grows back by doubling", () => {
    const run = new LaneRun();
    run.append(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    for (let request = 0; request < 4; request += 1) run.fail();
    run.waitForRequest();
    const windows = [run.inFlight().length];
    for (let answer = 0; answer < 4; answer += 1) {
      run.acknowledge();
      windows.push(run.inFlight().length);
    }
    expect(windows).toEqual([1, 1, 2, 4, 4]);
  });

  test("a request that hangs from before the failure keeps the next one waiting, and its end lets it go", () => {
    const run = new LaneRun({ rules: { windowMax: 2 } });
    run.append(1, 2);
    run.fail();
    run.wait(5_000);
    expect(run.inFlight()).toEqual([[2]]);
    run.fail();
    expect(run.inFlight()).toEqual([[1]]);
  });

  test.each([
    [3, 5],
    [4, 6],
    [10, 12],
  ])(
    "with maxRetries %i the lane opens after %i consecutive failures and probes after its cooldown",
    (maxRetries, failures) => {
      const run = new LaneRun({ rules: { maxRetries, openAfterFailures: Math.max(5, maxRetries + 2) } });
      run.append(1);
      for (let failure = 1; failure < failures; failure += 1) {
        run.fail();
        expect(run.health).toBe("backingOff");
        run.waitForRequest();
      }
      run.fail();
      expect(run.lane.health).toMatchObject({ kind: "open", failures });
      expect(run.waitForRequest()).toBe(RULES.cooldownInitialMs / 2);
      expect(run.health).toBe("probing");
    },
  );

  test("cooldowns double to their limit, with equal jitter", () => {
    const run = new LaneRun();
    run.random = 0.5;
    run.append(1);
    untilOpen(run);
    const waits = [1, 2, 3, 4, 5].map(() => {
      const waitedMs = run.waitForRequest();
      run.fail();
      return waitedMs;
    });
    expect(waits).toEqual([3_750, 7_500, 15_000, 22_500, 22_500]);
  });

  test("a probe carries one receipt, and nothing else goes out beside it", () => {
    const run = new LaneRun({ rules: { receiptsPerRequestMax: 10 } });
    run.append(1, 2, 3);
    untilOpen(run);
    run.waitForRequest();
    run.append(4);
    expect(run.inFlight()).toEqual([[1]]);
  });

  test("a million receipts later it costs a stretch of the log, and all of them are owed", () => {
    const run = new LaneRun({ rules: { queuedReceiptsMax: 2, readRowsMax: 2 } });
    run.append(1);
    untilOpen(run);
    for (let position = 2; position <= 1_000_000; position += 1) run.append(position);
    expect(run.lane.live.size + run.lane.backlog.size).toBe(2);
    expect(run.reads.map(({ range }) => range)).toEqual([{ after: 2, through: 3 }]);
    expect(run.lane.unread.first()).toEqual({ after: 2, through: 1_000_000 });
    expect(run.lane.cursor).toBe(0);
  });
});

describe("a region comes back", () => {
  test("its first success closes the lane, and everything that waited is delivered", () => {
    const run = new LaneRun();
    run.append(1, 2, 3);
    untilOpen(run);
    run.waitForRequest();
    run.acknowledge();
    expect(run.health).toBe("healthy");
    while (run.sent.length > 0) run.acknowledge();
    expect(run.lane.cursor).toBe(3);
    expect(run.wakeMs()).toBeUndefined();
  });

  test("a success that was in flight with the failure ends the rest too", () => {
    const run = new LaneRun({ rules: { windowMax: 2 } });
    run.append(1, 2);
    run.fail();
    run.acknowledge();
    expect(run.health).toBe("healthy");
    expect(run.inFlight()).toEqual([[1]]);
  });

  test("a sign of life ends the wait of an open lane at once", () => {
    const run = new LaneRun();
    run.append(1);
    untilOpen(run);
    run.step({ kind: "heard" });
    expect(run.inFlight()).toEqual([[1]]);
    expect(run.health).toBe("probing");
  });

  test("heard but not reached: one wait is cut short until the next success, so that nobody is stormed", () => {
    const run = new LaneRun();
    run.append(1, 2);
    run.fail();
    run.fail();
    run.step({ kind: "heard" });
    run.fail();
    run.step({ kind: "heard" });
    expect(run.inFlight()).toEqual([]);
    expect(run.waitForRequest()).toBe(2_000);
    run.acknowledge();
    run.fail();
    run.step({ kind: "heard" });
    expect(run.inFlight()).toEqual([[2]]);
  });

  test("a sign of life while nothing waits is not used up", () => {
    const run = new LaneRun();
    run.append(1);
    run.step({ kind: "heard" });
    run.fail();
    run.wait(1_000);
    run.step({ kind: "heard" });
    run.fail();
    run.step({ kind: "heard" });
    expect(run.inFlight()).toEqual([[1]]);
  });
});

describe("Retry-After", () => {
  test.each([
    [status(503, 60_000), 60_000],
    [status(429, 300_000), 300_000],
    [status(429, 86_400_000), 300_000],
    [status(429, Number.POSITIVE_INFINITY), 300_000],
    [status(503, 1), 1_000],
    [status(503, -5), 1_000],
    [status(503, Number.NaN), 1_000],
    [status(503), 1_000],
    [UNREACHABLE, 1_000],
  ])("%o is tried again after %i ms", (fault, waitMs) => {
    const run = new LaneRun();
    run.append(1);
    run.fail(fault);
    expect(run.waitForRequest()).toBe(waitMs);
  });

  test("an open lane honours it too", () => {
    const run = new LaneRun();
    run.append(1);
    untilOpen(run);
    run.waitForRequest();
    run.fail(status(503, 200_000));
    expect(run.waitForRequest()).toBe(200_000);
  });

  test("a sign of life does not cut it short", () => {
    const run = new LaneRun();
    run.append(1);
    run.fail(status(429, 60_000));
    run.wait(1_000);
    run.step({ kind: "heard" });
    expect(run.waitForRequest()).toBe(59_000);
  });

  test("it counts also when the second of two failures in flight together brought it", () => {
    const run = new LaneRun();
    run.append(1, 2);
    run.fail();
    run.fail(status(429, 60_000));
    expect(run.waitForRequest()).toBe(60_000);
  });

  test("a shorter one that comes later does not shorten it", () => {
    const run = new LaneRun();
    run.append(1, 2);
    run.fail(status(429, 60_000));
    run.fail(status(429, 2_000));
    expect(run.waitForRequest()).toBe(60_000);
  });

  test("a success that was still on its way does not end it", () => {
    const run = new LaneRun();
    run.append(1, 2, 3);
    run.fail(status(429, 60_000));
    run.acknowledge();
    expect(run.health).toBe("backingOff");
    run.acknowledge();
    expect(run.waitForRequest()).toBe(60_000);
    run.acknowledge();
    expect(run.health).toBe("healthy");
  });
});
