import { describe, expect, it } from "vitest";
import { SimulatedTime } from "../../src/simulator/time.ts";

describe("simulated time", () => {
  it("runs events by instant, those of one instant in the order of their making", async () => {
    const time = new SimulatedTime();
    const ran: string[] = [];
    const note = (name: string) => () => ran.push(`${name}@${time.nowMs}`);
    for (const [name, delayMs] of [
      ["c", 30],
      ["a", 10],
      ["b", 10],
      ["d", 1_000],
    ] as const)
      time.after(delayMs, note(name));
    time.after(20, note("never"))();
    await time.runUntil(100);
    expect(ran).toEqual(["a@10", "b@10", "c@30"]);
    expect(time.nowMs).toBe(100);
    await time.runUntil(2_000);
    expect(ran.at(-1)).toBe("d@1000");
  });

  it("settles what an event set going before the next one", async () => {
    const time = new SimulatedTime();
    const ran: string[] = [];
    time.after(1, () => {
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => ran.push("settled"));
    });
    time.after(1, () => ran.push("next"));
    await time.runUntil(1);
    expect(ran).toEqual(["settled", "next"]);
  });

  it("keeps the order under thousands of events, some of them cancelled", async () => {
    const time = new SimulatedTime();
    const ran: number[] = [];
    for (let index = 0; index < 3_000; index += 1) {
      const dueMs = (index * 7_919) % 1_000;
      const cancel = time.after(dueMs, () => ran.push(time.nowMs));
      if (index % 3 === 0) cancel();
    }
    await time.runUntil(1_000);
    expect(ran).toHaveLength(2_000);
    expect(ran).toEqual(ran.toSorted((left, right) => left - right));
  });

  it("says so when time stands still", async () => {
    const time = new SimulatedTime();
    const again = () => {
      time.after(0, again);
    };
    again();
    await expect(time.runUntil(1)).rejects.toThrow("Time stands still");
  });

  it("stops between two events", async () => {
    const time = new SimulatedTime();
    let ran = 0;
    for (let index = 0; index < 5; index += 1) time.after(index, () => (ran += 1));
    await time.runUntil(10, () => ran === 2);
    expect(ran).toBe(2);
    time.stop();
    await time.runUntil(10);
    expect(ran).toBe(2);
  });
});
