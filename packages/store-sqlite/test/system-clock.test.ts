import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { systemSchedule } from "../src/system-clock.ts";

const dayMs = 24 * 60 * 60 * 1000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it.each([1, 24 * dayMs, 25 * dayMs, 100 * dayMs])("runs once after %d ms, not before", (delayMs) => {
  const run = vi.fn();
  systemSchedule(delayMs, run);
  vi.advanceTimersByTime(delayMs - 1);
  expect(run).toHaveBeenCalledTimes(0);
  vi.advanceTimersByTime(1);
  expect(run).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(200 * dayMs);
  expect(run).toHaveBeenCalledTimes(1);
});

it("runs nothing that was cancelled, however late", () => {
  const run = vi.fn();
  const cancel = systemSchedule(60 * dayMs, run);
  vi.advanceTimersByTime(59 * dayMs);
  cancel();
  vi.advanceTimersByTime(60 * dayMs);
  expect(run).not.toHaveBeenCalled();
});
