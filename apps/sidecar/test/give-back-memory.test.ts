/** When the sidecar gives memory back, and that it does. */
import { describe, expect, it } from "vitest";
import { CalmAfterBurst, collectGarbage } from "../src/give-back-memory.ts";

const MIB = 2 ** 20;

/** The moments at which it collects, looking every half second; the heap is 40 MiB after each. */
function collectedAt(looks: readonly (readonly [busyShare: number, heapMib: number])[]): number[] {
  const calm = new CalmAfterBurst();
  const at: number[] = [];
  looks.forEach(([busyShare, heapMib], index) => {
    const nowMs = index * 500;
    if (!calm.isTimeToCollect({ nowMs, busyShare, heapBytes: heapMib * MIB })) return;
    at.push(nowMs);
    calm.collected({ nowMs, heapBytes: 40 * MIB });
  });
  return at;
}

function looks(times: number, busyShare: number, heapMib: number): (readonly [number, number])[] {
  return Array.from({ length: times }, () => [busyShare, heapMib] as const);
}

describe("memory is given back", () => {
  it.each([
    ["never while there is work", looks(20, 0.2, 400), []],
    ["a second after the work has ended", [...looks(4, 0.9, 400), ...looks(4, 0.01, 400)], [2_500]],
    ["not in a short pause", [...looks(1, 0.01, 400), ...looks(1, 0.9, 400), ...looks(1, 0.01, 400)], []],
    ["not where the heap is small", looks(20, 0, 90), []],
    ["once, where all that is left is alive", looks(40, 0, 55).concat(looks(40, 0, 90)), []],
    ["again after the next burst, but not at once", [...looks(2, 0, 400), ...looks(40, 0, 400)], [500, 10_500, 20_500]],
  ])("%s", (_name, seen, expected) => {
    expect(collectedAt(seen)).toEqual(expected);
  });

  it("not for what a large log of work keeps alive", () => {
    const calm = new CalmAfterBurst();
    calm.collected({ nowMs: 0, heapBytes: 200 * MIB });
    const look = (nowMs: number, heapMib: number): boolean =>
      calm.isTimeToCollect({ nowMs, busyShare: 0, heapBytes: heapMib * MIB });
    expect([look(20_000, 250), look(20_500, 250), look(21_000, 299)]).toEqual([false, false, false]);
    expect(look(21_500, 300)).toBe(true);
  });
});

describe("a collection", () => {
  it("makes the heap smaller", async () => {
    const before = heapMibWith(3_000_000);
    await collectGarbage();
    expect(process.memoryUsage().heapTotal / MIB).toBeLessThan(before - 20);
  });
});

/** How large the heap is while so many objects are alive. */
function heapMibWith(objects: number): number {
  const alive = Array.from({ length: objects }, (_, index) => ({ index }));
  return alive.length > 0 ? process.memoryUsage().heapTotal / MIB : 0;
}
