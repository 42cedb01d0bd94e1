import type { ReceiptStore } from "@rsync/core";
import { sqliteStore } from "@rsync/store-sqlite";
import type { IdVersion } from "../load/shape.ts";
import { makeAppend } from "../log-files/make-append.ts";
import { REGIONS } from "../regions/region-names.ts";
import type { CostRounds } from "./cost.ts";
import { logOf } from "./fill-regions.ts";
import { takeTurns } from "./take-turns.ts";

const CALLERS = 64;

/** Microseconds for each receipt that 64 callers append, each its next one when its last one is on disk. */
export async function measureStore(
  folders: ReadonlyMap<number, string>,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<CostRounds> {
  const [regionId] = REGIONS;
  const stores = new Map<number, ReceiptStore>();
  for (const [size, folder] of folders) stores.set(size, await sqliteStore(logOf(folder, regionId), { regionId }));
  for (const store of stores.values()) await append(store, "v7", seconds);
  const costs = await takeTurns(stores, rounds, (store, ids) => append(store, ids, seconds));
  for (const store of stores.values()) await store.close();
  return costs;
}

async function append(store: ReceiptStore, ids: IdVersion, seconds: number): Promise<number> {
  const beganMs = performance.now();
  let appended = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < beganMs + seconds * 1000) {
      await store.append([makeAppend("own", 0, ids)]);
      appended += 1;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return ((performance.now() - beganMs) * 1000) / appended;
}
