import type { DatabaseSync } from "node:sqlite";
import type { Cursor } from "@rsync/core";
import type { DeadLetterCells, PeerCells } from "../threads/messages.ts";

/** Everything beside the log itself, written inside the running transaction. */
export interface SideWriter {
  readonly bury: (letters: readonly DeadLetterCells[]) => void;
  readonly savePeers: (peers: readonly PeerCells[]) => void;
  readonly saveCursors: (cursors: readonly Cursor[]) => void;
}

export function prepareSideJobs(database: DatabaseSync): SideWriter {
  // The same state refused again by the same store: how often and when is news, why it was first refused stays.
  const bury = database.prepare(
    `INSERT INTO dead_letters (region_id, store_id, receipt_id, digest, committed, position, fault, attempts, buried_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET attempts = excluded.attempts, buried_at = excluded.buried_at`,
  );
  const savePeer = database.prepare(
    "INSERT INTO peers (region_id, memory) VALUES (?, ?) ON CONFLICT DO UPDATE SET memory = excluded.memory",
  );
  const saveCursor = database.prepare(
    `INSERT INTO cursors (region_id, store_id, position) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET position = excluded.position`,
  );
  return {
    bury: (letters) => {
      for (const letter of letters) bury.run(...letter);
    },
    savePeers: (peers) => {
      for (const peer of peers) savePeer.run(...peer);
    },
    saveCursors: (cursors) => {
      for (const cursor of cursors) saveCursor.run(cursor.regionId, cursor.storeId, cursor.position);
    },
  };
}
