import { describe, expect, test } from "vitest";
import type { LaneCommand } from "../../src/lane/lane-event.ts";
import { FORBIDDEN, INTERNAL, status, UNREACHABLE } from "./lane-parts.ts";
import { LaneRun } from "./lane-run.ts";

/** What was told about each receipt of a failed request: position, attempts so far, and what comes next. */
function told(commands: readonly LaneCommand[]): unknown[] {
  return commands.flatMap((command) =>
    command.kind === "attemptFailed" ? [[command.item.position, command.item.attempts, command.next]] : [],
  );
}

describe("the attempts of a receipt", () => {
  test("seeds: maxRetries 3 means 4 attempts, and each failure says when the next one comes", () => {
    const run = new LaneRun();
    run.append(1);
    const seen = [1, 2, 3, 4].map(() => {
      run.waitForRequest();
      return told(run.fail())[0];
    });
    expect(seen).toEqual([
      [1, 1, { kind: "retrying", delayMs: 1_000 }],
      [1, 2, { kind: "retrying", delayMs: 2_000 }],
      [1, 3, { kind: "retrying", delayMs: 4_000 }],
      [1, 4, { kind: "exhausted" }],
    ]);
  });

  test("further ones are silent, and those out of an open lane are not counted", () => {
    const run = new LaneRun({ rules: { openAfterFailures: 6 } });
    run.append(1);
    const seen = [1, 2, 3, 4, 5, 6, 7, 8].map(() => {
      run.waitForRequest();
      return told(run.fail())[0];
    });
    expect(seen.slice(4)).toEqual([
      [1, 5, { kind: "silent" }],
      [1, 6, { kind: "silent" }],
      [1, 6, { kind: "silent" }],
      [1, 6, { kind: "silent" }],
    ]);
  });

  test("a receipt that came late has attempts left when the lane opens, and is told that none of them comes", () => {
    const run = new LaneRun({ rules: { receiptsPerRequestMax: 10 } });
    run.append(1);
    for (let failure = 1; failure <= 4; failure += 1) {
      run.fail();
      if (failure === 3) run.append(2);
      run.waitForRequest();
    }
    expect(told(run.fail())).toEqual([
      [1, 5, { kind: "silent" }],
      [2, 2, { kind: "opened" }],
    ]);
  });

  test("the last attempt is exhausted also when the lane opens with it", () => {
    const run = new LaneRun({ rules: { maxRetries: 1, openAfterFailures: 2 } });
    run.append(1);
    run.fail();
    run.waitForRequest();
    expect(told(run.fail())).toEqual([[1, 2, { kind: "exhausted" }]]);
  });

  test("a paused lane says so to every receipt", () => {
    const run = new LaneRun();
    run.append(1, 2);
    expect(told(run.fail(FORBIDDEN, "pause"))).toEqual([[1, 1, { kind: "paused" }]]);
    expect(told(run.fail(UNREACHABLE))).toEqual([[2, 1, { kind: "paused" }]]);
  });

  test("a failure that comes after a success of its own time is tried again at once", () => {
    const run = new LaneRun();
    run.append(1, 2, 3);
    run.fail();
    run.acknowledge();
    expect(told(run.fail())).toEqual([[3, 1, { kind: "retrying", delayMs: 0 }]]);
  });

  test("a reply that says nothing about a receipt is a failed attempt of that one, with backoff, and counts for the others", () => {
    const run = new LaneRun({ rules: { receiptsPerRequestMax: 3, windowMax: 1 } });
    run.append(1);
    run.append(2, 3, 4);
    run.acknowledge();
    const commands = run.reply({ kind: "acknowledged" });
    expect(told(commands)).toEqual([
      [3, 1, { kind: "retrying", delayMs: 1_000 }],
      [4, 1, { kind: "retrying", delayMs: 1_000 }],
    ]);
    expect(run.lane.cursor).toBe(2);
    expect(run.inFlight()).toEqual([]);
    expect(run.waitForRequest()).toBe(1_000);
    expect(run.inFlight()).toEqual([[3, 4]]);
  });

  test("in a reply that acknowledges some, fails some and forgets some, each is told its own reason", () => {
    const run = new LaneRun({ rules: { receiptsPerRequestMax: 4 } });
    run.append(1, 2, 3, 4);
    const commands = run.reply(
      { kind: "acknowledged" },
      { kind: "failed", fault: INTERNAL },
      { kind: "failed", fault: status(507) },
    );
    const reasons = commands.flatMap((command) =>
      command.kind === "attemptFailed" ? [[command.item.position, command.fault]] : [],
    );
    expect(reasons).toMatchObject([
      [2, INTERNAL],
      [3, status(507)],
      [4, { kind: "garbled" }],
    ]);
    expect(run.lane.cursor).toBe(1);
  });

  test("a region that takes some of every request is never away, however often it fails others", () => {
    const run = new LaneRun({ rules: { receiptsPerRequestMax: 4, windowMax: 1, suspectAfterFailures: 99 } });
    run.append(1);
    for (let position = 2; position <= 20; position += 1) {
      run.append(position);
      run.waitForRequest();
      const before = run.lane.health;
      const commands = run.reply({ kind: "failed", fault: INTERNAL }, { kind: "acknowledged" });
      expect(run.lane.health).toMatchObject({ kind: "backingOff", failures: 1 });
      if (before.kind !== "healthy") {
        const changes = commands.flatMap((command) => (command.kind === "healthChanged" ? [command.after.kind] : []));
        expect(changes).toEqual(["healthy", "backingOff"]);
      }
    }
    run.serve();
    expect(run.lane.cursor).toBe(20);
  });
});
