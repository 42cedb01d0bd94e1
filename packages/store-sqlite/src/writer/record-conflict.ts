import type { DatabaseSync } from "node:sqlite";
import type { HeldState } from "@rsync/core";
import { prepareTuples } from "../row/prepare-tuples.ts";
import type { ReceiptCells } from "../row/receipt-cells.ts";
import { receiptChecksum } from "../row/receipt-checksum.ts";

/** Keeps a refused content, once per (id, digest, committed), and returns the conflict's number. */
export type RecordConflict = (offered: ReceiptCells, held: HeldState, recordedAt: string) => number;

const INSERT_CONFLICT =
  "INSERT INTO conflicts (number, receipt_id, transaction_id, hash, ticks, span_id, committed, digest, timestamp, " +
  "source_region, source_store, source_seq, checksum, held_digest, held_committed, recorded_at) " +
  "VALUES (?, ?, ?, unhex(?), ?, ?, ?, unhex(?), ?, ?, ?, ?, unhex(?), unhex(?), ?, ?)";

export function prepareConflicts(database: DatabaseSync): RecordConflict {
  const known = prepareTuples<readonly [number]>(
    database,
    "SELECT number FROM conflicts WHERE receipt_id = ? AND digest = unhex(?) AND committed = ?",
  );
  const last = prepareTuples<readonly [number]>(database, "SELECT coalesce(max(number), 0) FROM conflicts");
  const insert = database.prepare(INSERT_CONFLICT);
  return (offered, held, recordedAt) => {
    const before = known.get(offered[0], offered[6], offered[5]);
    if (before !== undefined) return before[0];
    const number = (last.get()?.[0] ?? 0) + 1;
    const checksum = receiptChecksum(number, 0, offered);
    insert.run(number, ...offered, checksum, held.digest, held.committed ? 1 : 0, recordedAt);
    return number;
  };
}
