import { randomFillSync, randomUUID, randomUUIDv7 } from "node:crypto";
import type { Receipt } from "@rsync/core";
import type { IdVersion } from "./shape.ts";

/** Bytes of every receipt in the form that services send: JSON of the six fields. */
export const RECEIPT_BYTES = 300;

/** What remains of {@link RECEIPT_BYTES} beside the other fields, which have the same length in every receipt. */
const TRANSACTION_ID_LENGTH = 87;

/** A receipt as a busy service makes them: a UUID as id, 32 bytes of hash, a random 64-bit span id. */
export function makeReceipt(ids: IdVersion): Receipt {
  const receiptId = ids === "v7" ? randomUUIDv7() : randomUUID();
  const random = nextRandom();
  return {
    receiptId,
    transactionId: `order-${receiptId}`.padEnd(TRANSACTION_ID_LENGTH, "-transaction"),
    hash: random.subarray(0, 32),
    ticks: 4_000_000_000,
    spanId: nineteenDigits(random.readBigUInt64LE(32)),
    committed: true,
  };
}

/** Like most random span ids, too large for a JavaScript number. */
function nineteenDigits(random: bigint): bigint {
  return 10n ** 18n + (random % (9n * 10n ** 18n));
}

const RANDOM_BYTES = 40;
const pool = new Uint8Array(RANDOM_BYTES * 1024);
let used = pool.length;

/** Drawn for many receipts at once: one by one it would be a tenth of what the first region's process does. */
function nextRandom(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += RANDOM_BYTES;
  return Buffer.from(pool.subarray(used - RANDOM_BYTES, used));
}
