import type { DatabaseSync } from "node:sqlite";
import type { Cursor, DeadLetterStatus } from "@rsync/core";
import type { BurialCells, DeadLetterKeyCells, PeerCells } from "../threads/messages.ts";

/** Everything beside the log itself, written inside the running transaction. */
export interface SideWriter {
  readonly bury: (burials: readonly BurialCells[]) => void;
  readonly markDeadLetters: (keys: readonly DeadLetterKeyCells[], status: DeadLetterStatus, at: string) => void;
  readonly savePeers: (peers: readonly PeerCells[]) => void;
  readonly saveCursors: (cursors: readonly Cursor[]) => void;
}

/** The last burial is the news. It opens what was resolved, and leaves discarded what an operator gave up. */
const BURY =
  "INSERT INTO dead_letters (region_id, store_id, receipt_id, digest, committed, position, kind, fault, attempts, buried_at, " +
  "first_buried_at, status, settled_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', NULL) " +
  "ON CONFLICT DO UPDATE SET position = excluded.position, kind = excluded.kind, fault = excluded.fault, " +
  "attempts = excluded.attempts, buried_at = excluded.buried_at, " +
  "status = iif(status = 'discarded', status, 'open'), settled_at = iif(status = 'discarded', settled_at, NULL)";

/** What is resolved stays so, and what has the status keeps the time it got it. */
const MARK_DEAD_LETTER =
  "UPDATE dead_letters SET status = ?, settled_at = ? WHERE region_id = ? AND store_id = ? AND receipt_id = ? AND digest = ? " +
  "AND committed = ? AND status NOT IN ('resolved', ?)";

export function prepareSideJobs(database: DatabaseSync): SideWriter {
  const bury = database.prepare(BURY);
  const mark = database.prepare(MARK_DEAD_LETTER);
  const savePeer = database.prepare(
    "INSERT INTO peers (region_id, memory) VALUES (?, ?) ON CONFLICT DO UPDATE SET memory = excluded.memory",
  );
  const saveCursor = database.prepare(
    `INSERT INTO cursors (region_id, store_id, position) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET position = excluded.position`,
  );
  return {
    bury: (burials) => {
      for (const burial of burials) bury.run(...burial, burial[9]);
    },
    markDeadLetters: (keys, status, at) => {
      for (const key of keys) mark.run(status, status === "open" ? null : at, ...key, status);
    },
    savePeers: (peers) => {
      for (const peer of peers) savePeer.run(...peer);
    },
    saveCursors: (cursors) => {
      for (const cursor of cursors) saveCursor.run(cursor.regionId, cursor.storeId, cursor.position);
    },
  };
}
