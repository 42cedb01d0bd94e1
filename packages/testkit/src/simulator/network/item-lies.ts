/** How the items of a batch's reply are put together wrongly, by a careless server or by a region that lies. */
import type { BatchItemReply } from "@rsync/core";
import type { Draw } from "../draw.ts";
import { problem } from "./status-fault.ts";

/** What a careless server does: every item that is left to be believed is still true. */
export const BATCH_MUDDLES = ["missingItem", "repeatedItem", "foreignItem", "otherOrder"] as const;

export type BatchMuddle = (typeof BATCH_MUDDLES)[number];

/** A careless server's reply; one of its items suffers, or all change places. */
export function muddled(kind: BatchMuddle, items: readonly BatchItemReply[], draw: Draw): readonly BatchItemReply[] {
  const index = draw.integer(0, items.length - 1);
  const item = items[index];
  if (item === undefined) return items;
  switch (kind) {
    case "missingItem":
      return items.filter((each) => each !== item);
    case "repeatedItem":
      return [...items, item];
    case "foreignItem":
      return [...items.slice(0, index), ofAnother(item), ...items.slice(index)];
    case "otherOrder":
      return [...items.slice(index + 1), ...items.slice(0, index + 1)];
  }
}

/** Every lie about one receipt of a batch is one that the reply itself shows: nothing that it leaves to be believed is false. */
export const ITEM_LIES = [
  "anotherId",
  "wrongDigest",
  "notCommitted",
  "noDurability",
  "missingItem",
  "repeatedItem",
  "refusesOtherContent",
] as const;

export type ItemLie = (typeof ITEM_LIES)[number];

/** Of a request. */
export interface AskedIds {
  /** Ids whose committed state it brings. */
  readonly committed: ReadonlySet<string>;
}

/** What is said in the place of one true item; `undefined` where this lie can not be told of it. */
export function lieAbout(lie: ItemLie, item: BatchItemReply, asked: AskedIds): readonly BatchItemReply[] | undefined {
  if (lie === "missingItem") return [];
  if (lie === "repeatedItem") return [item, item];
  if (lie === "anotherId") return [ofAnother(item)];
  if (item.kind !== "acknowledged") return undefined;
  const { acknowledgement } = item;
  switch (lie) {
    case "wrongDigest":
      return [{ kind: "acknowledged", acknowledgement: { ...acknowledgement, digest: "0".repeat(64) } }];
    case "notCommitted":
      // Where the uncommitted state was asked for, less than the truth is no lie.
      if (!asked.committed.has(acknowledgement.receiptId)) return undefined;
      return [{ kind: "acknowledged", acknowledgement: { ...acknowledgement, committed: false } }];
    case "noDurability":
      return [{ kind: "acknowledged", acknowledgement: { ...acknowledgement, durability: undefined } }];
    case "refusesOtherContent": {
      const { receiptId } = acknowledgement;
      return [
        { kind: "failed", receiptId, digest: "0".repeat(64), fault: problem(409, "conflict", "of other content") },
      ];
    }
  }
}

function ofAnother(item: BatchItemReply): BatchItemReply {
  if (item.kind === "failed") return { ...item, receiptId: `${item.receiptId}x` };
  const { acknowledgement } = item;
  return { kind: "acknowledged", acknowledgement: { ...acknowledgement, receiptId: `${acknowledgement.receiptId}x` } };
}
