import { describe, expect, test } from "vitest";
import { INTERNAL, NOT_FOUND, ROW_BYTES, TOO_LARGE, UNREACHABLE } from "./lane-parts.ts";
import { LaneRun } from "./lane-run.ts";

const EIGHT = [1, 2, 3, 4, 5, 6, 7, 8];

function batches(): LaneRun {
  return new LaneRun({
    rules: { receiptsPerRequestMax: 8, windowMax: 1, singlesWindowMax: 6, queuedReceiptsMax: 10_000 },
  });
}

/** The sizes of all requests so far. */
function sizes(run: LaneRun): number[] {
  return run.history.flatMap(({ command }) => (command.kind === "send" ? [command.items.length] : []));
}

describe("a batch that is too large (413)", () => {
  test("is split in halves until they pass: no failure, no rest, no attempt of a receipt", () => {
    const run = batches();
    run.append(...EIGHT);
    run.serve({ receiptsMax: 3 });
    expect(sizes(run)).toEqual([8, 4, 2, 2, 2, 2]);
    expect(run.nowMs).toBe(0);
    expect(
      run.history.some(({ command }) => command.kind === "attemptFailed" || command.kind === "healthChanged"),
    ).toBe(false);
    expect(run.lane.cursor).toBe(8);
  });

  test("while the lane rests from a failure, smaller ones go out at once all the same", () => {
    const run = batches();
    run.append(...EIGHT);
    run.fail(UNREACHABLE);
    run.waitForRequest();
    run.fail(TOO_LARGE, "split");
    expect(run.inFlight()).toEqual([[1, 2, 3, 4]]);
    expect(run.lane.health).toMatchObject({ kind: "backingOff", failures: 1 });
  });

  test("what was learned is doubted after a hundred full batches", () => {
    const run = batches();
    run.append(...EIGHT);
    run.fail(TOO_LARGE, "split");
    for (let position = 9; position <= 500; position += 1) run.append(position);
    for (let batch = 1; batch <= 100; batch += 1) {
      expect(run.inFlight()[0]?.length).toBe(4);
      run.acknowledge();
    }
    expect(run.inFlight()[0]?.length).toBe(8);
  });

  test("a late 413 to a large one does not raise the limit that smaller ones have met since", () => {
    const run = new LaneRun({ rules: { receiptsPerRequestMax: 8, windowMax: 2 } });
    run.append(...EIGHT, 9, 10, 11, 12, 13, 14, 15, 16);
    const late = run.sent.pop();
    run.fail(TOO_LARGE, "split");
    run.fail(TOO_LARGE, "split");
    expect(run.inFlight()).toEqual([[1, 2]]);
    run.step({ kind: "failed", id: late?.id ?? 0, fault: TOO_LARGE, treatment: "split" });
    expect(run.inFlight()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});

describe("a trial of suspects", () => {
  test("is not larger than a request may be, also where small and large ones came under suspicion apart", () => {
    const run = new LaneRun({
      rules: { receiptsPerRequestMax: 8, requestBytesMax: ROW_BYTES, suspectAfterFailures: 1, openAfterFailures: 99 },
    });
    run.append(1, 2, 3, 4, 5, 6);
    for (let request = 0; request < 4; request += 1) run.fail(INTERNAL);
    run.serve();
    expect(new Set(sizes(run))).toEqual(new Set([1]));
    expect(run.lane.cursor).toBe(6);
  });
});

describe("a region that knows no batches (404, 405)", () => {
  test("gets one receipt, and when that passes one per request over more connections, without any failure", () => {
    const run = batches();
    run.append(...EIGHT);
    run.fail(NOT_FOUND, "singles");
    expect(run.inFlight()).toEqual([[1]]);
    run.acknowledge();
    expect(run.inFlight()).toEqual([[2], [3], [4], [5], [6], [7]]);
    run.serve({ takesBatches: false });
    expect(run.lane.cursor).toBe(8);
    expect(sizes(run)).toEqual([8, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(run.nowMs).toBe(0);
  });

  test("is asked for batches again after ten minutes, and keeps what it answers", () => {
    const run = batches();
    run.append(1);
    run.append(2, 3, 4);
    run.serve({ takesBatches: false });
    run.wait(599_999);
    run.append(5, 6);
    expect(run.inFlight()).toEqual([[5], [6]]);
    run.serve();
    run.wait(1);
    run.append(7, 8);
    expect(run.inFlight()).toEqual([[7, 8]]);
    run.serve({ takesBatches: false });
    expect(sizes(run)).toEqual([1, 3, 1, 1, 1, 1, 1, 2, 1, 1]);
    run.wait(600_000);
    run.append(9, 10);
    run.serve();
    run.append(11, 12, 13);
    expect(run.inFlight()).toEqual([[11, 12, 13]]);
  });

  test("when a single receipt meets 404 too, the endpoint is wrong: the lane pauses, and finds out when it is right", () => {
    const run = batches();
    run.append(1, 2, 3);
    run.fail(NOT_FOUND, "singles");
    run.fail(NOT_FOUND, "pause");
    expect(run.health).toBe("paused");
    expect(run.waitForRequest()).toBe(30_000);
    run.fail(NOT_FOUND, "pause");
    expect(run.waitForRequest()).toBe(30_000);
    expect(run.inFlight()).toEqual([[1]]);
    run.serve({ takesBatches: false });
    expect(run.health).toBe("healthy");
    expect(run.lane.cursor).toBe(3);
  });

  test("and that finds another batch too large is believed the last: what it says next will tell", () => {
    const run = new LaneRun({ rules: { receiptsPerRequestMax: 4, windowMax: 2 } });
    run.append(...EIGHT);
    run.fail(NOT_FOUND, "singles");
    run.fail(TOO_LARGE, "split");
    run.serve({ takesBatches: false });
    expect(run.lane.cursor).toBe(8);
    expect(run.history.some(({ command }) => command.kind === "healthChanged")).toBe(false);
  });

  test("was only in doubt for a moment when another batch passes", () => {
    const run = new LaneRun({ rules: { receiptsPerRequestMax: 2, windowMax: 2 } });
    run.append(1, 2, 3, 4, 5, 6);
    const second = run.sent.pop();
    run.fail(NOT_FOUND, "singles");
    run.step({
      kind: "replied",
      id: second?.id ?? 0,
      outcomes: [{ kind: "acknowledged" }, { kind: "acknowledged" }],
    });
    run.serve();
    expect(sizes(run)).toEqual([2, 2, 1, 2, 1]);
    expect(run.lane.cursor).toBe(6);
  });
});
