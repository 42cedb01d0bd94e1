import type { ReceiptStore } from "@rsync/core";

/** A place that holds one store and can open it again and again. */
export interface StoreSite {
  readonly open: (regionId?: string) => Promise<ReceiptStore>;
  readonly remove: () => Promise<void>;
}

/** The store that is open in the case under way. */
export type Current = () => ReceiptStore;

/** Closes it and opens it again, as the same region or as another. */
export type Reopen = (regionId?: string) => Promise<ReceiptStore>;

/** Everything, as a range to list. */
export const all = { after: 0, ownOnly: false, rowsMax: 1000, bytesMax: 1e9 };
