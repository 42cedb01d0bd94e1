import type { LogRow, ReceiptStore } from "@rsync/core";
import { InvalidOptionsError } from "./errors.ts";

/** Which part of the log. */
export interface ListOptions {
  /** Rows behind this position. Default 0: from the beginning. */
  readonly after?: number | undefined;
  /** Rows of one page, 1 to 10,000. Default 100. A page may be shorter although more follows: `next` tells. */
  readonly limit?: number | undefined;
}

/** Rows in the order of their commit. An upgrade is a row of its own, and so is an own row for a receipt that came from elsewhere first. */
export interface ReceiptPage {
  readonly rows: readonly LogRow[];
  /** The `after` of the next page; `undefined` at the end of the log as it was when this page was read. */
  readonly next: number | undefined;
}

const LIMIT_MAX = 10_000;
const LIMIT_DEFAULT = 100;

/** A page is held in memory as a whole. */
const PAGE_BYTES_MAX = 4 * 1024 * 1024;

export async function listReceipts(store: ReceiptStore, options: ListOptions): Promise<ReceiptPage> {
  const after = checkedAfter(options.after);
  const end = store.introduction().store.position;
  const rowsMax = checkedLimit(options.limit);
  const rows = await store.list({ after, ownOnly: false, rowsMax, bytesMax: PAGE_BYTES_MAX });
  const last = rows.at(-1)?.position;
  return { rows, next: last === undefined || last >= end ? undefined : last };
}

/** Where a page begins: behind this position or number. Throws {@link InvalidOptionsError}. */
export function checkedAfter(after: number = 0): number {
  if (Number.isSafeInteger(after) && after >= 0) return after;
  throw new InvalidOptionsError("after", "must be a whole number of at least 0, such as `next` of the page before");
}

/** How long a page is. Throws {@link InvalidOptionsError}. */
export function checkedLimit(limit: number = LIMIT_DEFAULT): number {
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw new InvalidOptionsError("limit", `must be a whole number from 1 to ${LIMIT_MAX}`);
}
