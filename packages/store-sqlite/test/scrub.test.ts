/** What the background check does with problems that pass, and with those that do not. */
import type { LogLine, StoreErrorKind } from "@rsync/core";
import { expect, it } from "vitest";
import type { StoreProblem } from "../src/file/store-problem.ts";
import { type ScrubOptions, startScrub } from "../src/scrub.ts";

/** A check over 30 rows, ten at a time, whose second reading fails as often as is said. */
function checked(kind: StoreErrorKind, failures: number) {
  const timers: { readonly delayMs: number; readonly run: () => void }[] = [];
  const [lines, problems, read]: [LogLine[], StoreProblem[], number[]] = [[], [], []];
  let left = failures;
  const options: ScrubOptions = {
    schedule: (delayMs, run) => {
      timers.push({ delayMs, run });
      return () => undefined;
    },
    rowsMax: 10,
    pauseMs: 50,
    restMs: 1_000,
    check: async (after, rowsMax) => {
      read.push(after);
      if (after === 10 && left > 0) {
        left -= 1;
        return { kind: "failed", problem: { kind, message: `it is ${kind}` } };
      }
      return { kind: "checked", through: after === 30 ? undefined : after + rowsMax };
    },
    committed: () => 30,
    onProblem: (problem) => problems.push(problem),
    logger: (line) => lines.push(line),
    path: "receipts.db",
  };
  startScrub(options);
  const pass = async (): Promise<number | undefined> => {
    const timer = timers.shift();
    timer?.run();
    await new Promise((resolve) => setImmediate(resolve));
    return timer?.delayMs;
  };
  return { pass, lines, problems, read };
}

it.each(["locked", "full", "no-access"] as const)(
  "goes on after a rest when the log is %s, and says so",
  async (kind) => {
    const { pass, lines, problems, read } = checked(kind, 2);
    const delays: (number | undefined)[] = [];
    for (let times = 0; times < 7; times += 1) delays.push(await pass());
    expect(delays).toEqual([50, 50, 1_000, 1_000, 50, 50, 1_000]);
    expect(read).toEqual([0, 10, 10, 10, 20, 30, 0]);
    expect(problems).toEqual([]);
    const line = {
      level: "warn",
      message: `The background check of the receipt log goes on in 1 s: it is ${kind}`,
      fields: { path: "receipts.db", kind, position: 10 },
    };
    expect(lines).toEqual([line, line]);
  },
);

it.each(["failed", "damaged"] as const)("ends when the log is %s", async (kind) => {
  const { pass, lines, problems } = checked(kind, 1);
  for (let times = 0; times < 2; times += 1) await pass();
  expect(await pass()).toBeUndefined();
  expect(problems).toEqual([{ kind, message: `it is ${kind}` }]);
  expect(lines).toEqual([]);
});
