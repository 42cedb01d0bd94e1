/** Receipts that a wire could spoil. */
import type { PartialEnvelope, Receipt, ReceiptRecord } from "@rsync/core";
import { foreignAppend } from "../../sample-appends.ts";
import { sample } from "./questions.ts";

/** Ids that mean something to URLs, shells, JSON or people. They are never normalised. */
export const oddIds = [
  ...["a/b", "100%", "%2F", "what?", "a#b", "two words", " at both ends ", ".", "..", "../..", "a\\b", "a;b=c&d+e"],
  ...['say "no"', "レシート 🧾", "e\u0301", "\u00e9", "\u2028\u2029", "\ufeffmarked", "🧾".repeat(256)],
];

const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index);

/** Each at the ends of its range and where a double, a signed or a short integer would give way. */
export const oddRecords: readonly ReceiptRecord[] = [
  ...[0n, 2n ** 53n - 1n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n].map((spanId) => ({ ...sample, spanId })),
  ...[0, 2 ** 31, 2 ** 32 - 1].map((ticks) => ({ ...sample, ticks })),
  ...[everyByte, Uint8Array.of(0), Uint8Array.of(0x0a, 0xff, 0x22)].map((hash) => ({ ...sample, hash })),
  ...oddIds.map((transactionId) => ({ ...sample, transactionId, sourceRegion: transactionId })),
  { ...sample, committed: false },
  { ...sample, timestamp: "2016-12-31t23:59:60.000000001-08:00" },
  { ...sample, sourceSeq: Number.MAX_SAFE_INTEGER },
  foreignAppend("of a seed-style peer").record,
];

/** What of a record is the receipt. */
export function receiptOf({ receiptId, transactionId, hash, ticks, spanId, committed }: ReceiptRecord): Receipt {
  return { receiptId, transactionId, hash, ticks, spanId, committed };
}

/** What of a record is its label. */
export function envelopeOf({ timestamp, sourceRegion, sourceStore, sourceSeq }: ReceiptRecord): PartialEnvelope {
  return { timestamp, sourceRegion, sourceStore, sourceSeq };
}
