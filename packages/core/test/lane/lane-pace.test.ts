import { describe, expect, test } from "vitest";
import { status, UNREACHABLE } from "./lane-parts.ts";
import { LaneRun } from "./lane-run.ts";

const MANY = Array.from({ length: 2_000 }, (_, index) => index + 1);

function live(): LaneRun {
  const run = new LaneRun({ rules: { receiptsPerRequestMax: 64, windowMax: 1, queuedReceiptsMax: 10_000 } });
  run.append(...MANY);
  return run;
}

/** The sizes of the next requests, each of which is answered after so long. */
function sizes(run: LaneRun, count: number, tookMs = 0): number[] {
  return Array.from({ length: count }, () => {
    const size = run.inFlight()[0]?.length ?? 0;
    run.nowMs += tookMs;
    run.acknowledge();
    return size;
  });
}

describe("how large a request is", () => {
  test.each([UNREACHABLE, status(429), status(503)])(
    "half of it after each failure, %o, never below eight; then twice as large after each success",
    (fault) => {
      const run = live();
      const failing = [1, 2, 3, 4, 5].map(() => {
        run.waitForRequest();
        const size = run.inFlight()[0]?.length;
        run.fail(fault);
        return size;
      });
      expect(failing).toEqual([64, 32, 16, 8, 8]);
      run.waitForRequest();
      run.acknowledge();
      expect(sizes(run, 5)).toEqual([16, 32, 64, 64, 64]);
    },
  );

  test("requests that failed together halve it once", () => {
    const run = new LaneRun({ rules: { receiptsPerRequestMax: 64, queuedReceiptsMax: 10_000 } });
    run.append(...MANY);
    for (let request = 0; request < 4; request += 1) run.fail();
    run.waitForRequest();
    expect(run.inFlight()[0]?.length).toBe(32);
  });

  test("a lane of small requests is not made larger by failing", () => {
    const run = new LaneRun({ rules: { receiptsPerRequestMax: 4, windowMax: 1 } });
    run.append(1, 2, 3, 4, 5, 6);
    run.fail();
    run.waitForRequest();
    expect(run.inFlight()).toEqual([[1, 2, 3, 4]]);
  });
});

describe("the backlog", () => {
  function catchingUp(): LaneRun {
    const run = new LaneRun({
      end: 2_000,
      rules: { receiptsPerRequestMax: 256, windowMax: 1, readRowsMax: 2_000, queuedReceiptsMax: 10_000 },
    });
    run.step({ kind: "woke" });
    run.found(...MANY);
    return run;
  }

  test("begins small and grows by doubling", () => {
    expect(sizes(catchingUp(), 5, 10)).toEqual([32, 64, 128, 256, 256]);
  });

  test("halves where its round trip shows that it is a burden, and grows again when that is over", () => {
    const run = catchingUp();
    expect(sizes(run, 3, 10)).toEqual([32, 64, 128]);
    expect(sizes(run, 3, 500)).toEqual([256, 128, 64]);
    expect(sizes(run, 3, 10)).toEqual([32, 64, 128]);
  });

  test("live receipts are not made fewer by that", () => {
    const run = catchingUp();
    sizes(run, 3, 10);
    sizes(run, 5, 500);
    run.append(...MANY.map((position) => position + 2_000));
    expect(run.inFlight()[0]?.length).toBe(8);
    run.acknowledge();
    expect(run.inFlight()[0]?.length).toBe(256);
  });
});
