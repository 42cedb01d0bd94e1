import { describe, expect, test } from "vitest";
import { virtualClock } from "../src/index.ts";

describe("virtualClock", () => {
  test("runs due timers in the order of their times, each at its own instant", async () => {
    const clock = virtualClock();
    const ran: string[] = [];
    const note = (name: string) => () => ran.push(`${name}@${clock.monotonicMs()}`);
    clock.schedule(300, note("c"));
    clock.schedule(100, note("a"));
    clock.schedule(200, note("b1"));
    clock.schedule(200, note("b2"));
    await clock.advance(250);
    expect(ran).toEqual(["a@100", "b1@200", "b2@200"]);
    expect(clock.monotonicMs()).toBe(250);
    await clock.advance(50);
    expect(ran.at(-1)).toBe("c@300");
    expect(clock.timersPending()).toBe(0);
  });

  test("runs timers that are set on the way, also behind promises", async () => {
    const clock = virtualClock();
    const ran: number[] = [];
    const sleep = (ms: number) => new Promise<void>((resolve) => void clock.schedule(ms, resolve));
    const chain = async () => {
      for (const ms of [1000, 2000, 4000, 4000]) {
        await sleep(ms);
        ran.push(clock.monotonicMs());
      }
    };
    const done = chain();
    await clock.advance(11_000);
    await done;
    expect(ran).toEqual([1000, 3000, 7000, 11_000]);
  });

  test("never runs a cancelled timer, nor one inside the call that sets it", async () => {
    const clock = virtualClock();
    let runs = 0;
    const cancel = clock.schedule(0, () => runs++);
    expect(runs).toBe(0);
    cancel();
    cancel();
    await clock.advance(1);
    expect(runs).toBe(0);
  });

  test("refuses a delay that the contract excludes", () => {
    const clock = virtualClock();
    expect(() => clock.schedule(-1, () => undefined)).toThrow(RangeError);
    expect(() => clock.schedule(Number.NaN, () => undefined)).toThrow(RangeError);
  });

  test("runs until something is true and not further", async () => {
    const clock = virtualClock();
    let ticks = 0;
    const tick = (): void => {
      ticks++;
      clock.schedule(1000, tick);
    };
    clock.schedule(1000, tick);
    expect(await clock.runUntil(() => ticks === 3, 60_000)).toBe(true);
    expect(clock.monotonicMs()).toBe(3000);
    expect(await clock.runUntil(() => false, 1500)).toBe(false);
    expect(clock.monotonicMs()).toBe(4500);
  });

  test("keeps wall time apart: it may jump, and no timer notices", async () => {
    const clock = virtualClock({ wallMs: 1_000_000 });
    let ran = false;
    clock.schedule(500, () => {
      ran = true;
    });
    clock.setWallMs(5);
    expect(clock.wallMs()).toBe(5);
    await clock.advance(400);
    expect([clock.wallMs(), ran]).toEqual([405, false]);
    await clock.advance(100);
    expect(ran).toBe(true);
  });

  test("waits for the real machine without moving time, and not for ever", async () => {
    const clock = virtualClock();
    let turned = false;
    setTimeout(() => {
      turned = true;
    }, 1);
    await clock.settleUntil(() => turned);
    expect(clock.monotonicMs()).toBe(0);
    await expect(clock.settleUntil(() => false, 0)).rejects.toThrow("Not true after 0 ms");
  });
});
