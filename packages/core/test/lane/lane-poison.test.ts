import { describe, expect, test } from "vitest";
import { INTERNAL, row, status, TIMEOUT, UNREACHABLE } from "./lane-parts.ts";
import { LaneRun } from "./lane-run.ts";

const EIGHT = [1, 2, 3, 4, 5, 6, 7, 8];

function batches(): LaneRun {
  return new LaneRun({ rules: { receiptsPerRequestMax: 8 } });
}

/** Three rows in one request, which failed so often that they are set apart; the lane rests. */
function setApart(fault = INTERNAL): LaneRun {
  const run = batches();
  run.append(1, 2, 3);
  for (let failure = 1; failure <= 4; failure += 1) {
    run.waitForRequest();
    run.fail(fault);
  }
  return run;
}

describe("a receipt at which the region breaks", () => {
  const everywhere = [1, 4, 8].flatMap((poison) => [
    [poison, "breaks the whole request", { poisonFault: INTERNAL }] as const,
    [poison, "leaves the whole request unanswered", { poisonFault: TIMEOUT }] as const,
    [poison, "fails alone", { poisonFault: INTERNAL, poisonsItems: true }] as const,
  ]);

  test.each(everywhere)(
    "number %i of eight, which %s, is parked, and its neighbours are delivered",
    (poison, _how, region) => {
      const run = batches();
      run.append(...EIGHT);
      run.serve(region, [poison]);
      expect(run.buried("poison")).toEqual([poison]);
      expect(run.lane.cursor).toBe(8);
      expect(run.health).toBe("healthy");
      expect(run.wakeMs()).toBeUndefined();
      run.append(9, 10);
      run.serve();
      run.append(11);
      run.serve();
      expect(run.lane.window).toBe(4);
    },
  );

  test.each([[[2, 7]], [[4, 5]], [[1, 8]], [[1, 2, 3]], [[2, 4, 6]]])(
    "several of them in one batch, %j, are all parked while the region takes the others",
    (poison) => {
      const run = batches();
      run.append(...EIGHT);
      run.serve({}, poison);
      run.append(9);
      run.serve({}, poison);
      expect(run.buried("poison").toSorted()).toEqual(poison);
      expect(run.lane.cursor).toBe(9);
    },
  );

  test("the calls' own retries come first: four attempts by the seeds' schedule, with all that came with it", () => {
    const run = batches();
    run.append(1, 2, 3);
    const sent: [number, number[][]][] = [];
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      run.waitForRequest();
      sent.push([run.nowMs, run.inFlight()]);
      const told = run
        .fail(INTERNAL)
        .flatMap((command) => (command.kind === "attemptFailed" ? [command.next.kind] : []));
      expect(new Set(told)).toEqual(new Set([attempt < 4 ? "retrying" : "exhausted"]));
    }
    expect(sent).toEqual([0, 1_000, 3_000, 7_000].map((atMs) => [atMs, [[1, 2, 3]]]));
    run.waitForRequest();
    expect(run.inFlight()).toEqual([[1, 2]]);
  });

  test("is parked with its last fault after three failures of its own, each of which a success followed", () => {
    const run = batches();
    run.append(1);
    run.serve({}, [1]);
    const alone = run.history.filter(({ command }) => command.kind === "send").length;
    const asked = run.history.filter(({ command }) => command.kind === "probe").length;
    expect(alone).toBe(4 + 3);
    expect(asked).toBeGreaterThanOrEqual(3);
    expect(run.history.find(({ command }) => command.kind === "bury")?.command).toMatchObject({
      as: "poison",
      fault: INTERNAL,
      item: { position: 1, attempts: 4 + 3 },
    });
  });

  test("once it is taken after all, it is forgiven", () => {
    const run = batches();
    run.append(1, 2);
    run.serve({}, [1], 12_000);
    expect(run.lane.suspicion).toBeDefined();
    run.serve();
    expect(run.buried("poison")).toEqual([]);
    expect(run.lane.cursor).toBe(2);
    expect(run.lane.suspicion).toBeUndefined();
  });

  test.each([[UNREACHABLE], [status(503)], [status(429)], [status(502)], [status(507)]])(
    "is not what %o tells of: that is never held against a receipt",
    (fault) => {
      const run = batches();
      run.append(1, 2);
      for (let failure = 1; failure <= 20; failure += 1) {
        run.waitForRequest();
        run.fail(fault);
      }
      expect(run.lane.suspicion).toBeUndefined();
      run.serve();
      expect(run.lane.cursor).toBe(2);
    },
  );
});

test("poison beyond what memory holds does not keep the lane from ever asking whether the region takes the rest", () => {
  const run = new LaneRun({ end: 6, rules: { readRowsMax: 1, queuedBytesMax: 1, suspectAfterFailures: 2 } });
  run.step({ kind: "woke" });
  for (let round = 0; round < 400 && run.lane.cursor < 6; round += 1) {
    const [read] = run.reads;
    if (read !== undefined) {
      const next = read.range.after + 1;
      run.found(...(next <= read.range.through ? [next] : []));
    } else run.serve({}, [1, 3, 4], 1_000);
  }
  expect(run.buried("poison").toSorted()).toEqual([1, 3, 4]);
  expect(run.lane.cursor).toBe(6);
});

describe("a region that has taken nothing since something was parked", () => {
  /** Two rows, one after the other, that it breaks at, and nothing else to send. */
  function onlyPoison(): LaneRun {
    const run = new LaneRun({ rules: { backoff: { initialMs: 1_000, maxMs: 8_000, jitter: "none" } } });
    run.append(1, 2);
    run.serve({}, [1, 2], 600_000);
    return run;
  }

  test("is well as long as it answers, and what is left is tried ever less often, until it takes something", () => {
    const run = onlyPoison();
    expect(run.buried("poison").length).toBe(1);
    expect(run.health).toBe("healthy");
    const before = run.everSent().length;
    run.serve({}, [1, 2], 80_000);
    expect(run.everSent().length - before).toBe(10);
    run.append(3);
    run.serve({}, [1, 2]);
    expect(run.buried("poison").toSorted()).toEqual([1, 2]);
    expect(run.lane.cursor).toBe(3);
  });

  test("is not, where it does not answer a question either", () => {
    const run = onlyPoison();
    run.outage(TIMEOUT, 120_000);
    expect(run.health).not.toBe("healthy");
  });
});

describe("meanwhile", () => {
  test("what waits has the next turn, and a trial that fails holds up nobody", () => {
    const run = setApart();
    run.append(4, 5);
    run.waitForRequest();
    expect(run.inFlight()).toEqual([[4, 5]]);
    run.acknowledge();
    expect(run.inFlight()).toEqual([[1, 2]]);
    run.append(6);
    expect(run.inFlight()).toEqual([[1, 2], [6]]);
    run.fail(INTERNAL);
    expect(run.health).toBe("healthy");
    expect(run.inFlight()).toEqual([[6]]);
    run.acknowledge();
    expect(run.inFlight()).toEqual([]);
    // What was sent before the trial failed shows nothing about the region: it is asked.
    run.wait(1_000);
    run.step({ kind: "replied", id: run.take(run.probes).id, outcomes: [] });
    expect(run.inFlight()).toEqual([[1]]);
    expect(run.lane.cursor).toBe(0);
  });

  test("an attempt told of such a trial says when the next one comes", () => {
    const run = setApart();
    run.append(4);
    run.waitForRequest();
    run.acknowledge();
    const told = run.fail(TIMEOUT);
    expect(told).toMatchObject([
      { kind: "attemptFailed", item: { position: 1, attempts: 5 }, next: { kind: "silent" } },
      { kind: "attemptFailed", item: { position: 2, attempts: 5 }, next: { kind: "silent" } },
    ]);
    const late = new LaneRun({ rules: { receiptsPerRequestMax: 8, suspectAfterFailures: 1 } });
    late.append(1);
    late.fail(INTERNAL);
    late.append(2);
    late.waitForRequest();
    late.acknowledge();
    expect(late.fail(INTERNAL)).toMatchObject([{ next: { kind: "retrying", delayMs: 1_000 } }]);
  });

  test("a trial that is told to wait is a failure of the lane like any other", () => {
    const run = setApart();
    run.append(4);
    run.waitForRequest();
    run.acknowledge();
    run.fail(status(429, 60_000));
    run.append(5);
    expect(run.health).toBe("backingOff");
    expect(run.waitForRequest()).toBe(60_000);
  });

  test("a trial that we gave up ourselves, or that was too large, says nothing", () => {
    const run = setApart();
    run.waitForRequest();
    run.step({ kind: "aborted", id: run.take(run.sent).id });
    expect(run.inFlight()).toEqual([[1, 2]]);
    run.fail(status(413), "split");
    expect(run.inFlight()).toEqual([[1]]);
    run.acknowledge();
    expect(run.inFlight()).toEqual([[2]]);
    run.acknowledge();
    run.acknowledge();
    expect(run.lane.cursor).toBe(3);
  });

  test("L2: the cursor never passes a suspect, and passes a parked one when its dead letter is durable", () => {
    const run = setApart();
    run.append(4);
    while (run.buries.length === 0) {
      expect(run.lane.cursor).toBeLessThan(2);
      if (run.probes.length > 0) run.step({ kind: "replied", id: run.take(run.probes).id, outcomes: [] });
      else if (run.sent.length === 0) run.wait((run.wakeMs() ?? run.nowMs) - run.nowMs);
      else if (run.inFlight()[0]?.includes(2)) run.fail(INTERNAL);
      else run.acknowledge();
    }
    while (run.sent.length > 0) run.acknowledge();
    expect(run.lane.cursor).toBe(1);
    run.step({ kind: "buried", id: run.take(run.buries).id });
    expect(run.lane.cursor).toBe(4);
  });

  test("other rows that fail come under suspicion too, and are judged like the first", () => {
    const run = setApart();
    run.append(4, 5);
    run.serve({}, [2, 5]);
    expect(run.buried("poison")).toEqual([2, 5]);
    expect(run.lane.cursor).toBe(5);
  });

  test("poison at the head does not keep an open lane from finding that the region takes the others", () => {
    const run = new LaneRun();
    const poison = [1, 2, 3, 4, 5, 6];
    run.append(...poison, 7, 8, 9);
    run.serve({}, poison, 60_000);
    expect(run.everSent()).toEqual(expect.arrayContaining([7, 8, 9]));
    expect(run.lane.flights.size).toBeLessThanOrEqual(1);
    for (let position = 10; position < 40; position += 1) {
      run.append(position);
      run.serve({}, poison, 60_000);
    }
    expect(run.buried("poison").toSorted()).toEqual(poison);
    expect(run.lane.cursor).toBe(39);
  });

  test("an open lane probes with the backlog where every live row has failed", () => {
    const run = new LaneRun({ rules: { openAfterFailures: 1, windowMax: 1 }, end: 5 });
    run.append(6);
    run.fail(INTERNAL);
    run.found(5);
    run.waitForRequest();
    expect(run.inFlight()).toEqual([[5]]);
  });
});

describe("a region that is not well", () => {
  test.each([TIMEOUT, INTERNAL])(
    "is simply down for ten minutes, %o: nobody is condemned, and all is delivered",
    (fault) => {
      const run = new LaneRun({ rules: { receiptsPerRequestMax: 4 } });
      for (let position = 1; position <= 40; position += 1) run.append(position);
      run.outage(fault, 600_000);
      run.serve();
      expect(run.buried("poison")).toEqual([]);
      expect(run.lane.cursor).toBe(40);
      expect(run.wakeMs()).toBeUndefined();
    },
  );

  test("goes down while a trial is under way: that trial counts once at most", () => {
    const run = setApart();
    run.append(4);
    run.waitForRequest();
    run.acknowledge();
    run.outage(TIMEOUT, 300_000);
    run.serve();
    expect(run.buried("poison")).toEqual([]);
    expect(run.lane.cursor).toBe(4);
  });

  test("answers 500 to everything but says well who it is: one row is parked at most, until it takes something again", () => {
    const run = batches();
    run.append(...EIGHT);
    run.serve({}, EIGHT, 3_600_000);
    expect(run.buried("poison").length).toBe(1);
    run.serve();
    expect(run.buried("poison").length).toBe(1);
    expect(run.lane.cursor).toBe(8);
  });
});

describe("L5: two rows of one receipt", () => {
  const upgraded = [row(1), row(2, 1), row(3)];

  test("never share a request: live ones", () => {
    const run = batches();
    run.step({ kind: "appended", rows: upgraded });
    expect(run.inFlight()).toEqual([[1], [2, 3]]);
  });

  test("never share a request: of the backlog", () => {
    const run = new LaneRun({ rules: { receiptsPerRequestMax: 8 }, end: 3 });
    run.step({ kind: "woke" });
    run.step({ kind: "read", id: run.take(run.reads).id, rows: upgraded });
    expect(run.inFlight()).toEqual([[1], [2, 3]]);
  });

  test("never share a request: under suspicion", () => {
    const run = new LaneRun({ rules: { receiptsPerRequestMax: 8, suspectAfterFailures: 1, openAfterFailures: 9 } });
    run.step({ kind: "appended", rows: [row(1), row(2), row(3, 2), row(4)] });
    run.fail(INTERNAL);
    run.fail(INTERNAL);
    const trials: number[][] = [];
    for (let trial = 0; trial < 4; trial += 1) {
      run.waitForRequest();
      trials.push(...run.inFlight());
      run.acknowledge();
    }
    expect(trials).toEqual([[1], [2], [3], [4]]);
    expect(run.lane.cursor).toBe(4);
  });
});

describe("while suspects rest and the lane has a rest of its own", () => {
  test("a sign of life asks no question again and again: the next trial ends both", () => {
    const run = batches();
    run.append(1, 2);
    for (let failure = 1; failure <= 4; failure += 1) {
      run.waitForRequest();
      run.fail(INTERNAL);
    }
    run.waitForRequest();
    run.acknowledge();
    expect(run.health).toBe("healthy");
    // The other suspect is tried while a live row is under way, so its failure is no failure of the lane.
    run.append(3);
    run.step({ kind: "failed", id: run.take(run.sent).id, fault: INTERNAL, treatment: "retry" });
    run.acknowledge();
    expect([run.health, run.inFlight(), run.probes.length]).toEqual(["healthy", [], 0]);
    run.step({ kind: "replay", rows: [row(9)] });
    run.fail(UNREACHABLE);
    run.step({ kind: "heard" });
    const asked = run.history.length;
    for (let times = 0; times < 5 && run.probes.length > 0; times += 1) {
      run.step({ kind: "replied", id: run.take(run.probes).id, outcomes: [] });
    }
    expect(run.history.slice(asked).filter(({ command }) => command.kind === "probe")).toEqual([]);
    run.wait(1_000);
    run.step({ kind: "replied", id: run.take(run.probes).id, outcomes: [] });
    expect(run.inFlight()).toEqual([[2]]);
    run.acknowledge();
    expect([run.health, run.lane.cursor, run.wakeMs()]).toEqual(["healthy", 3, undefined]);
  });
});
