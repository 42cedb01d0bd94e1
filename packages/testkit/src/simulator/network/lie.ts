/** How a region that lies changes an answer before it leaves. Every lie here is one that evidence can show (I1). */
import type { BatchItemReply, Introduction, ReceiptRecord } from "@rsync/core";
import { type AskedIds, ITEM_LIES, type ItemLie, lieAbout } from "./item-lies.ts";
import { type Answer, failure, NOBODY } from "./message.ts";

export const LIES = [
  "anotherId",
  "wrongDigest",
  "wrongRegion",
  "foreignStore",
  "oldAnswer",
  "html",
  "noHeaders",
  "cutHeaders",
  "notCommitted",
  "noDurability",
  "forgedRefusal",
  "missingItem",
  "repeatedItem",
  "refusesOtherContent",
] as const;

export type Lie = (typeof LIES)[number];

/** What a liar has at hand. */
export interface LiarsStock {
  /** Another region's name and store, one that the receiver of the lie has pinned to it. */
  readonly foreign: Introduction | undefined;
  /** An earlier answer of this region to this kind of request that is no evidence now. */
  readonly old: Answer | undefined;
  /** A receipt that this region holds and that was not asked for. */
  readonly another: ReceiptRecord | undefined;
  /** The receiver has pinned this region's store, so that an answer without headers is shown to be none. */
  readonly pinned: boolean;
  readonly asked: AskedIds;
  /** Which items of a batch it lies about: those that it did not store, all of them, and otherwise some. */
  readonly items: { readonly kind: "all" } | { readonly kind: "some"; readonly chosen: () => boolean };
}

/** The answer that is sent instead; `undefined` where this lie can not be told of this answer. */
export function tellLie(lie: Lie, answer: Answer, stock: LiarsStock): Answer | undefined {
  if (answer.kind === "replied" && answer.reply.kind === "batch" && isItemLie(lie)) {
    return itemsLie(lie, answer, answer.reply.items, stock);
  }
  switch (lie) {
    case "anotherId":
      return aboutAnother(answer, stock.another);
    case "wrongDigest":
      return wrongContent(answer);
    case "wrongRegion":
      return stock.foreign === undefined
        ? undefined
        : { ...answer, identification: { ...NOBODY, from: stock.foreign } };
    case "foreignStore":
      return foreignStore(answer, stock.foreign);
    case "oldAnswer":
      return stock.old;
    case "html":
      return failure({ kind: "garbled", status: 200, detail: "no JSON", excerpt: "<!doctype html>" });
    case "noHeaders":
      return stock.pinned ? { ...answer, identification: NOBODY } : undefined;
    case "cutHeaders":
      return { ...answer, identification: { ...NOBODY, partial: true } };
    case "notCommitted":
      return acknowledging(answer, (said) =>
        stock.asked.committed.has(said.receiptId) ? { ...said, committed: false } : undefined,
      );
    case "forgedRefusal":
      return forgedRefusal(answer, stock.pinned);
    case "noDurability":
      return acknowledging(answer, (said) => ({ ...said, durability: undefined }));
    case "missingItem":
    case "repeatedItem":
    case "refusesOtherContent":
      return undefined;
  }
}

/** What can not be lied about is left out where nothing of the batch was stored: no word of it would be true. */
function itemsLie(
  lie: ItemLie,
  answer: Extract<Answer, { kind: "replied" }>,
  items: readonly BatchItemReply[],
  { items: about, asked }: LiarsStock,
): Answer {
  const said = items.flatMap((item) => {
    if (about.kind === "all") return lieAbout(lie, item, asked) ?? [];
    return about.chosen() ? (lieAbout(lie, item, asked) ?? [item]) : [item];
  });
  return { ...answer, reply: { kind: "batch", items: said } };
}

function isItemLie(lie: Lie): lie is Lie & ItemLie {
  return ITEM_LIES.some((each) => each === lie);
}

/** Somebody in between refuses in the region's place, and can not show who that is. */
function forgedRefusal(answer: Answer, pinned: boolean): Answer | undefined {
  if (answer.kind !== "replied" || answer.reply.kind !== "send") return undefined;
  const problem = { kind: "conflict", title: "conflict", detail: "forged" } as const;
  const fault = { kind: "status", status: 409, problem, retryAfterMs: undefined, excerpt: "" } as const;
  return { kind: "failed", fault, identification: pinned ? NOBODY : { ...NOBODY, partial: true } };
}

type Said = Extract<Extract<Answer, { kind: "replied" }>["reply"], { kind: "send" }>["acknowledgement"];

function acknowledging(answer: Answer, change: (said: Said) => Said | undefined): Answer | undefined {
  if (answer.kind !== "replied" || answer.reply.kind !== "send") return undefined;
  const acknowledgement = change(answer.reply.acknowledgement);
  return acknowledgement && { ...answer, reply: { kind: "send", acknowledgement } };
}

function aboutAnother(answer: Answer, another: ReceiptRecord | undefined): Answer | undefined {
  if (answer.kind !== "replied") return undefined;
  const { reply } = answer;
  if (reply.kind === "send") return acknowledging(answer, (said) => ({ ...said, receiptId: `${said.receiptId}x` }));
  if (reply.kind !== "read" || another === undefined) return undefined;
  const read = { kind: "held", receipt: another, envelope: another, durability: "fsync" } as const;
  return { ...answer, reply: { kind: "read", read } };
}

function wrongContent(answer: Answer): Answer | undefined {
  if (answer.kind !== "replied") return undefined;
  const { reply } = answer;
  if (reply.kind === "send") return acknowledging(answer, (said) => ({ ...said, digest: "0".repeat(64) }));
  if (reply.kind !== "read" || reply.read.kind !== "held") return undefined;
  const { receipt } = reply.read;
  const read = { ...reply.read, receipt: { ...receipt, ticks: (receipt.ticks + 1) % 2 ** 32 } };
  return { ...answer, reply: { kind: "read", read } };
}

function foreignStore(answer: Answer, foreign: Introduction | undefined): Answer | undefined {
  const { from, seen } = answer.identification;
  if (foreign === undefined || from === undefined) return undefined;
  return { ...answer, identification: { from: { ...from, store: foreign.store }, seen } };
}
