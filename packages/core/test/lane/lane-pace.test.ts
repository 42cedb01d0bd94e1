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

describe("the backlog beside live receipts", () => {
  /** The first live receipt has just gone out; the log was read meanwhile, and what it held is answered as soon as sent. */
  function beside(tookMs = 1, rules = {}): LaneRun {
    const run = new LaneRun({
      end: 2_000,
      rules: { receiptsPerRequestMax: 500, windowMax: 2, readRowsMax: 2_000, besideLiveRestMs: 0.02, ...rules },
    });
    run.step({ kind: "woke" });
    run.found(...MANY);
    for (let request = 0; request < 5; request += 1) {
      run.nowMs += tookMs;
      run.acknowledge();
    }
    run.append(2_001);
    return run;
  }

  /** What goes out within so many milliseconds where the region answers at once. */
  function sentWithin(run: LaneRun, ms: number): number[] {
    const before = run.everSent().length;
    const sent: number[] = [];
    const untilMs = run.nowMs + ms;
    while (run.nowMs < untilMs) {
      for (let items = run.inFlight()[0]; items !== undefined; items = run.inFlight()[0]) {
        if (items[0] !== 2_001) sent.push(items.length);
        run.acknowledge();
      }
      run.wait(0.1);
    }
    expect(run.everSent().length).toBeGreaterThan(before);
    return sent;
  }

  test("goes out in small requests, each with a rest after it: fifty a millisecond, and the first one put off", () => {
    const run = beside();
    run.acknowledge();
    expect(sentWithin(run, 8)).toEqual([80, 80, 80, 80, 80, 80]);
  });

  test("does not rest after each receipt where a request carries one", () => {
    const run = beside(1, { receiptsPerRequestMax: 1 });
    run.acknowledge();
    run.acknowledge();
    expect(sentWithin(run, 0.05).length).toBeGreaterThanOrEqual(50);
    expect(sentWithin(run, 10).length).toBeGreaterThan(450);
  });

  test("in larger ones where the region is far", () => {
    const run = beside(5);
    run.nowMs += 5;
    run.acknowledge();
    expect(run.inFlight().at(-1)?.length).toBe(150);
  });

  test("at full size again once nothing live has come for a second", () => {
    const run = beside();
    while (run.inFlight().length > 0) run.acknowledge();
    run.nowMs += 1_000;
    run.step({ kind: "woke" });
    expect(run.inFlight().at(-1)?.length).toBeGreaterThan(200);
  });

  test("rests for no live receipt", () => {
    const run = beside();
    run.acknowledge();
    run.acknowledge();
    run.append(2_002);
    expect(run.inFlight().at(-1)).toEqual([2_002]);
  });

  test("no rest outlives a failure", () => {
    const run = beside(1, { besideLiveRestMs: 1_000 });
    while (run.inFlight().length > 1) run.acknowledge();
    run.fail();
    expect(run.waitForRequest()).toBe(1_000);
    expect(run.inFlight()[0]?.[0]).toBeLessThan(2_001);
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
