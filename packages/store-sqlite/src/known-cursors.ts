import type { Cursor } from "@rsync/core";
import type { WriteJob } from "./threads/messages.ts";

/**
 * Every cursor of the store, in memory: there is one for each region and store of it. Changes ride to disk with the next
 * commit; one that is lost only sends again.
 */
export interface KnownCursors {
  readonly all: () => readonly Cursor[];
  readonly save: (cursors: readonly Cursor[]) => void;
  readonly isChanged: () => boolean;
  /** What has changed, as a job; from now on it counts as saved. */
  readonly takeChanges: () => readonly WriteJob[];
  /** The transaction with these jobs failed: they are to be saved again. */
  readonly putBack: (jobs: readonly WriteJob[]) => void;
}

export function createKnownCursors(saved: readonly Cursor[]): KnownCursors {
  const known = new Map<string, Cursor>(saved.map((cursor) => [keyOf(cursor), cursor]));
  const changed = new Set<string>();
  return {
    all: () => [...known.values()],
    save: (cursors) => {
      for (const cursor of cursors) {
        const key = keyOf(cursor);
        if (known.get(key)?.position === cursor.position) continue;
        known.set(key, { regionId: cursor.regionId, storeId: cursor.storeId, position: cursor.position });
        changed.add(key);
      }
    },
    isChanged: () => changed.size > 0,
    takeChanges: () => {
      if (changed.size === 0) return [];
      const cursors = [...changed].flatMap((key) => known.get(key) ?? []);
      changed.clear();
      return [{ kind: "saveCursors", cursors }];
    },
    putBack: (jobs) => {
      for (const job of jobs) {
        if (job.kind === "saveCursors") for (const cursor of job.cursors) changed.add(keyOf(cursor));
      }
    },
  };
}

function keyOf(cursor: Cursor): string {
  return JSON.stringify([cursor.regionId, cursor.storeId]);
}
