import { drawOptions, simulate } from "@rsync/testkit";
import { describe, expect, it } from "vitest";
import { startManager } from "../src/start-manager.ts";

describe("a seed", () => {
  it.each([1, 7, 29, 138, 829])("%i gives the same run every time, to the last event (I10)", async (seed) => {
    const first = await simulate({ seed, startProcess: startManager });
    const second = await simulate({ seed, startProcess: startManager });
    expect(second.traceHash).toBe(first.traceHash);
    expect(second.events).toBe(first.events);
  });

  it("gives other runs than its neighbours", async () => {
    const hashes = await Promise.all(
      [1, 2, 3].map(async (seed) => (await simulate({ seed, startProcess: startManager })).traceHash),
    );
    expect(new Set(hashes).size).toBe(3);
    expect(drawOptions(1)).not.toEqual(drawOptions(2));
  });
});
