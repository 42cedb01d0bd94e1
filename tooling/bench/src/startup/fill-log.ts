import { createHash } from "node:crypto";
import { canonicalBytes } from "@rsync/core";
import { sqliteStore } from "@rsync/store-sqlite";
import { makeReceipt } from "../load/make-receipt.ts";

const BATCH = 2_000;

/** Batches under way at once: enough that the writer never waits for the next one. */
const AHEAD = 4;

/** Makes a log of so many receipts that were submitted to this region. */
export async function fillLog(path: string, regionId: string, receipts: number): Promise<void> {
  const store = await sqliteStore(path, { regionId });
  try {
    const underWay = new Set<Promise<unknown>>();
    for (let left = receipts; left > 0; left -= BATCH) {
      const appended = store.append(makeAppends(Math.min(BATCH, left)));
      const settled = appended.finally(() => underWay.delete(settled));
      underWay.add(settled);
      if (underWay.size >= AHEAD) await Promise.race(underWay);
    }
    await Promise.all(underWay);
  } finally {
    await store.close();
  }
}

function makeAppends(count: number) {
  const timestamp = new Date().toISOString();
  return Array.from({ length: count }, () => {
    const receipt = makeReceipt("v7");
    const digest = createHash("sha256").update(canonicalBytes(receipt)).digest("hex");
    return { kind: "own", receipt, digest, timestamp } as const;
  });
}
