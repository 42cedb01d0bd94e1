/** When the sidecar gives memory back, and that it does. */
import { setImmediate } from "node:timers/promises";
import type { LogLine } from "@rsync/core";
import { describe, expect, it } from "vitest";
import { CalmAfterBurst, collectGarbage, giveBackMemory } from "../src/give-back-memory.ts";

const MIB = 2 ** 20;

/** The seconds in which it collects, looking once in each; the heap has 40 MiB afterwards. */
function collectedAt(looks: readonly (readonly [busyShare: number, heapMib: number])[]): number[] {
  const calm = new CalmAfterBurst();
  return looks.flatMap(([busyShare, heapMib], second) => {
    if (!calm.isTimeToCollect({ busyShare, heapBytes: heapMib * MIB })) return [];
    calm.collected(40 * MIB);
    return [second];
  });
}

function seconds(times: number, busyShare: number, heapMib: number): (readonly [number, number])[] {
  return Array.from({ length: times }, () => [busyShare, heapMib] as const);
}

const burst = seconds(5, 0.9, 400);

describe("memory is given back", () => {
  it.each([
    ["never while there is work", [...burst, ...seconds(200, 0.2, 400)], []],
    ["nor while there is a little", [...burst, ...seconds(200, 0.05, 400)], []],
    ["half a minute after a burst has ended", [...burst, ...seconds(30, 0.01, 400)], [34]],
    ["not before there was one", seconds(200, 0.01, 400), []],
    ["not between bursts that follow each other", [1, 2, 3].flatMap(() => [...burst, ...seconds(25, 0.01, 400)]), []],
    ["not where the heap is small", [...burst, ...seconds(200, 0, 90)], []],
    ["once, though the heap grows again without a burst", [...burst, ...seconds(200, 0.02, 400)], [34]],
    ["again after the next burst", [...burst, ...seconds(40, 0, 40), ...burst, ...seconds(40, 0, 400)], [79]],
    ["not where it has hardly grown since", [...burst, ...seconds(40, 0, 400), ...burst, ...seconds(40, 0, 59)], [34]],
  ])("%s", (_name, seen, expected) => {
    expect(collectedAt(seen)).toEqual(expected);
  });

  it("not for what a lot of work keeps alive", () => {
    const heaps = [250, 299, 300];
    const collects = heaps.map((heapMib) => {
      const calm = new CalmAfterBurst();
      calm.collected(200 * MIB);
      const looks = [...burst, ...seconds(40, 0, heapMib)];
      return looks.some(([busyShare, mib]) => calm.isTimeToCollect({ busyShare, heapBytes: mib * MIB }));
    });
    expect(collects).toEqual([false, false, true]);
  });
});

describe("a sidecar that looks at its memory", () => {
  /** Looks so often, after a burst of five looks; `collect` takes 300 MiB. */
  async function looked(times: number, collect: () => Promise<void>) {
    const said: LogLine[] = [];
    let looks = 0;
    let heapMib = 400;
    let next: (() => void) | undefined;
    giveBackMemory((line) => said.push(line), {
      look: () => ({ busyShare: looks++ < 5 ? 0.9 : 0, heapBytes: heapMib * MIB }),
      collect: async () => {
        await collect();
        heapMib -= 300;
      },
      later: (run) => {
        next = run;
      },
    });
    for (let time = 0; time < times; time += 1) {
      next?.();
      next = undefined;
      await setImmediate();
    }
    return { said, goesOn: next !== undefined };
  }

  it("collects once, says what came of it at level debug, and goes on looking", async () => {
    const { said, goesOn } = await looked(100, () => Promise.resolve());
    expect(said).toEqual([
      {
        level: "debug",
        message: "Calm after a burst: the heap went from 400 to 100 MiB",
        fields: { beforeBytes: 400 * MIB, afterBytes: 100 * MIB },
      },
    ]);
    expect(goesOn).toBe(true);
  });

  it("gives up where nothing can be collected", async () => {
    const { said, goesOn } = await looked(100, () => Promise.reject(new Error("no inspector")));
    expect(said).toMatchObject([{ level: "debug", message: expect.stringContaining("no inspector") }]);
    expect(goesOn).toBe(false);
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
