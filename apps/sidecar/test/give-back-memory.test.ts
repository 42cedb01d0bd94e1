/** When the sidecar gives memory back, and that it does. */
import { describe, expect, it } from "vitest";
import { CalmAfterBurst, collectGarbage } from "../src/give-back-memory.ts";

const MIB = 2 ** 20;

/** The seconds in which it collects, looking once in each; the heap has 40 MiB afterwards. */
function collectedAt(looks: readonly (readonly [busyShare: number, heapMib: number])[]): number[] {
  const calm = new CalmAfterBurst();
  return looks.flatMap(([busyShare, heapMib], second) => {
    if (!calm.isTimeToCollect({ nowMs: second * 1_000, busyShare, heapBytes: heapMib * MIB })) return [];
    calm.collected(40 * MIB);
    return [second];
  });
}

function seconds(times: number, busyShare: number, heapMib: number): (readonly [number, number])[] {
  return Array.from({ length: times }, () => [busyShare, heapMib] as const);
}

describe("memory is given back", () => {
  it.each([
    ["never while there is work", seconds(200, 0.2, 400), []],
    ["half a minute after the work has ended", [...seconds(5, 0.9, 400), ...seconds(30, 0.01, 400)], [34]],
    [
      "not between bursts that follow each other",
      [1, 2, 3].flatMap(() => [...seconds(25, 0.01, 400), ...seconds(1, 0.9, 400)]),
      [],
    ],
    ["not where the heap is small", seconds(200, 0, 90), []],
    ["not where it has hardly grown since", [...seconds(31, 0, 400), ...seconds(100, 0, 59)], [30]],
    [
      "again after the next burst",
      [...seconds(31, 0, 400), ...seconds(5, 0, 40), ...seconds(5, 0.9, 400), ...seconds(30, 0, 400)],
      [30, 70],
    ],
  ])("%s", (_name, seen, expected) => {
    expect(collectedAt(seen)).toEqual(expected);
  });

  it("not for what a lot of work keeps alive", () => {
    const calm = new CalmAfterBurst();
    calm.collected(200 * MIB);
    const heaps = [250, 299, 300];
    const look = (heapMib: number) => calm.isTimeToCollect({ nowMs: 60_000, busyShare: 0, heapBytes: heapMib * MIB });
    expect(heaps.map(look)).toEqual([false, false, true]);
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
