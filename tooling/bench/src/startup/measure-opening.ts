import { sqliteStore } from "@rsync/store-sqlite";
import { median } from "../load/percentile.ts";

const TIMES = 5;

/** Milliseconds until the library has opened and checked a log and may answer: the median of a few openings. */
export async function measureOpening(path: string, regionId: string): Promise<number> {
  const took: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const beganMs = performance.now();
    const store = await sqliteStore(path, { regionId });
    took.push(performance.now() - beganMs);
    await store.close();
  }
  return median(took);
}
