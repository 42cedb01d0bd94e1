import type { Append } from "@rsync/core";
import { sqliteStore } from "@rsync/store-sqlite";
import { makeAppend, type Origin } from "./make-append.ts";

const BATCH = 2_000;

/** Batches under way at once: enough that the writer never waits for the next one. */
const AHEAD = 4;

/** Makes a log of so many receipts, straight through the store. */
export async function fillLog(path: string, regionId: string, receipts: number, origin: Origin): Promise<void> {
  const store = await sqliteStore(path, { regionId });
  try {
    const underWay = new Set<Promise<unknown>>();
    for (let done = 0; done < receipts; done += BATCH) {
      const appended = store.append(makeAppends(origin, done + 1, Math.min(BATCH, receipts - done)));
      const settled = appended.finally(() => underWay.delete(settled));
      underWay.add(settled);
      if (underWay.size >= AHEAD) await Promise.race(underWay);
    }
    await Promise.all(underWay);
  } finally {
    await store.close();
  }
}

function makeAppends(origin: Origin, firstSeq: number, count: number): readonly Append[] {
  return Array.from({ length: count }, (_, index) => makeAppend(origin, firstSeq + index, "v7"));
}
