/** A store that tells what was asked of it. */
import type { ReceiptStore } from "@rsync/core";

export interface WatchedStore {
  readonly store: ReceiptStore;
  /** Items of each append so far. */
  readonly appends: number[];
  /** Rows that were asked for by each read of the log. */
  readonly reads: number[];
}

/** `before` may hold an append up, or reject instead of it. */
export function watched(store: ReceiptStore, before: () => Promise<void> = async () => {}): WatchedStore {
  const appends: number[] = [];
  const reads: number[] = [];
  const append: ReceiptStore["append"] = async (items) => {
    appends.push(items.length);
    await before();
    return store.append(items);
  };
  const list: ReceiptStore["list"] = async (range) => {
    reads.push(range.rowsMax);
    return store.list(range);
  };
  return { store: { ...store, append, list }, appends, reads };
}
