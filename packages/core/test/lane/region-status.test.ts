import { describe, expect, test } from "vitest";
import { failuresOf } from "../../src/lane/health.ts";
import { isAvailable, UNAVAILABLE_AFTER_FAILURES } from "../../src/lane/region-status.ts";
import { FORBIDDEN } from "./lane-parts.ts";
import { LaneRun } from "./lane-run.ts";

function availableAfter(run: LaneRun): boolean {
  return isAvailable(failuresOf(run.lane.health));
}

describe("seeds: region status", () => {
  test("a region of which nothing is known is available", () => {
    expect(availableAfter(new LaneRun())).toBe(true);
  });

  test("unavailable after 3 consecutive failures, available again on the first success, which sets the count to 0", () => {
    const run = new LaneRun();
    run.append(1);
    const seen = [1, 2, 3, 4].map(() => {
      run.waitForRequest();
      run.fail();
      return [failuresOf(run.lane.health), availableAfter(run)];
    });
    expect(seen).toEqual([
      [1, true],
      [2, true],
      [3, false],
      [4, false],
    ]);
    run.waitForRequest();
    run.acknowledge();
    expect([failuresOf(run.lane.health), availableAfter(run)]).toEqual([0, true]);
  });

  test("two failures, a success, two failures: never unavailable", () => {
    const run = new LaneRun();
    for (const position of [1, 2]) {
      run.append(position);
      run.fail();
      run.waitForRequest();
      run.fail();
      expect(availableAfter(run)).toBe(true);
      run.waitForRequest();
      run.acknowledge();
    }
  });

  test("a refusal is an answer: the region is available", () => {
    const run = new LaneRun();
    run.append(1);
    for (let failure = 0; failure < UNAVAILABLE_AFTER_FAILURES; failure += 1) {
      run.waitForRequest();
      run.fail();
    }
    run.waitForRequest();
    run.reply({ kind: "refused", fault: FORBIDDEN });
    expect(availableAfter(run)).toBe(true);
  });

  test("failures go on counting while the lane is open, probes and pauses", () => {
    const run = new LaneRun();
    run.append(1);
    for (let failure = 1; failure <= 9; failure += 1) {
      run.waitForRequest();
      run.fail(FORBIDDEN, failure % 4 === 0 ? "pause" : "retry");
      expect(failuresOf(run.lane.health)).toBe(failure);
    }
  });
});
