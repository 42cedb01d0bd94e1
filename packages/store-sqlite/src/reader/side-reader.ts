import type { DatabaseSync } from "node:sqlite";
import { StoreProblemError } from "../file/store-problem.ts";
import type { Flag } from "../row/block.ts";
import { prepareTuples } from "../row/prepare-tuples.ts";
import type { ReceiptCells } from "../row/receipt-cells.ts";
import { receiptChecksum } from "../row/receipt-checksum.ts";
import type { ConflictCells, PeerCells, ReaderRequest } from "../threads/messages.ts";

/** Reads what is kept beside the log. */
export interface SideReader {
  readonly conflicts: (query: ReaderRequest & { kind: "conflicts" }) => readonly ConflictCells[];
  readonly peers: () => readonly PeerCells[];
}

type ConflictRow = readonly [
  number: number,
  heldDigest: string,
  heldCommitted: Flag,
  recordedAt: string,
  checksum: string,
  ...offered: ReceiptCells,
];

const CONFLICT_COLUMNS =
  "number, lower(hex(held_digest)), held_committed, recorded_at, lower(hex(checksum)), receipt_id, transaction_id, " +
  "lower(hex(hash)), ticks, span_id, committed, lower(hex(digest)), timestamp, source_region, source_store, source_seq";

export function prepareSideReader(database: DatabaseSync, path: string): SideReader {
  const allConflicts = prepareTuples<ConflictRow>(database, conflictSql("number > ?"));
  const conflictsOfId = prepareTuples<ConflictRow>(database, conflictSql("number > ? AND receipt_id = ?"));
  const peers = prepareTuples<PeerCells>(database, "SELECT region_id, memory FROM peers ORDER BY region_id");
  return {
    conflicts: ({ after, receiptId, limit }) => {
      const rows =
        receiptId === undefined ? allConflicts.all(after, limit) : conflictsOfId.all(after, receiptId, limit);
      return rows.map((row) => checkConflict(row, path));
    },
    peers: () => peers.all(),
  };
}

function conflictSql(condition: string): string {
  return `SELECT ${CONFLICT_COLUMNS} FROM conflicts WHERE ${condition} ORDER BY number LIMIT ?`;
}

function checkConflict(row: ConflictRow, path: string): ConflictCells {
  const [number, heldDigest, heldCommitted, recordedAt, checksum, ...offered] = row;
  if (receiptChecksum(number, 0, offered) === checksum) return [number, heldDigest, heldCommitted, recordedAt, offered];
  throw new StoreProblemError(
    "damaged",
    `The receipt log ${path} is damaged: conflict ${number} (receipt ${JSON.stringify(offered[0])}) is not what was written`,
  );
}
