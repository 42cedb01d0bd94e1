import type { DatabaseSync } from "node:sqlite";
import { StoreProblemError } from "./store-problem.ts";

/** One step forward of the file's form. Its place in the list is the `user_version` that it leads from. */
export type Migration = (database: DatabaseSync) => void;

/** "RcSy": marks a SQLite file as ours, so that no other application's database is ever touched. */
export const APPLICATION_ID = 0x52635379;

/**
 * Every form that the file ever had, oldest first. A released step is never changed: a file in some region was made by it.
 *
 * Why the tables are as they are:
 * - `receipts` is ordered by position, so appending writes at its end. Span ids are digits: SQLite's integers end at 2^63.
 * - `receipts_own` lists the rows that lanes deliver; `countOwnAfter` finds its answer with one look into it.
 * - `numbers` says what became of every number of another origin (§9): a row of ours (`held`), the same content that we hold
 *   under another number (`alias`), or a refused content (`refused`, whose position is the conflict's number).
 * - `identities` holds every store id that this file bore; the last is in force. `own_before` counts the own rows of the
 *   earlier ones, so that own rows can be counted without reading them.
 * - `dead_letters` is numbered, so that it can be read page by page while it grows. `dead_letters_status` finds the open ones of a
 *   region's store, in order, and counts them by kind without reading a row.
 */
export const MIGRATIONS: readonly Migration[] = [
  (database) => {
    database.exec(`
      CREATE TABLE receipts (
        position INTEGER PRIMARY KEY,
        own INTEGER NOT NULL,
        receipt_id TEXT NOT NULL,
        transaction_id TEXT NOT NULL,
        hash BLOB NOT NULL,
        ticks INTEGER NOT NULL,
        span_id TEXT NOT NULL,
        committed INTEGER NOT NULL,
        digest BLOB NOT NULL,
        timestamp TEXT NOT NULL,
        source_region TEXT NOT NULL,
        source_store TEXT,
        source_seq INTEGER,
        checksum BLOB NOT NULL
      ) STRICT;
      CREATE INDEX receipts_id ON receipts (receipt_id);
      CREATE INDEX receipts_own ON receipts (position) WHERE own = 1;
      CREATE TABLE conflicts (
        number INTEGER PRIMARY KEY,
        receipt_id TEXT NOT NULL,
        transaction_id TEXT NOT NULL,
        hash BLOB NOT NULL,
        ticks INTEGER NOT NULL,
        span_id TEXT NOT NULL,
        committed INTEGER NOT NULL,
        digest BLOB NOT NULL,
        timestamp TEXT NOT NULL,
        source_region TEXT NOT NULL,
        source_store TEXT,
        source_seq INTEGER,
        checksum BLOB NOT NULL,
        held_digest BLOB NOT NULL,
        held_committed INTEGER NOT NULL,
        recorded_at TEXT NOT NULL,
        UNIQUE (receipt_id, digest, committed)
      ) STRICT;
      CREATE TABLE numbers (
        source_store TEXT NOT NULL,
        source_seq INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('held', 'alias', 'refused')),
        position INTEGER NOT NULL,
        PRIMARY KEY (source_store, source_seq)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE identities (
        number INTEGER PRIMARY KEY,
        store_id TEXT NOT NULL UNIQUE,
        region_id TEXT NOT NULL,
        own_before INTEGER NOT NULL,
        refilling INTEGER NOT NULL,
        loss_accepted INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE epochs (
        number INTEGER PRIMARY KEY,
        epoch TEXT NOT NULL UNIQUE,
        store_id TEXT NOT NULL,
        start_position INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE check_marks (position INTEGER PRIMARY KEY) STRICT;
      CREATE TABLE cursors (
        region_id TEXT NOT NULL,
        store_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (region_id, store_id)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE dead_letters (
        region_id TEXT NOT NULL,
        store_id TEXT NOT NULL,
        receipt_id TEXT NOT NULL,
        digest TEXT NOT NULL,
        committed INTEGER NOT NULL,
        position INTEGER NOT NULL,
        fault TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        buried_at TEXT NOT NULL,
        PRIMARY KEY (region_id, store_id, receipt_id, digest, committed)
      ) STRICT;
      CREATE INDEX dead_letters_position ON dead_letters (position);
      CREATE INDEX dead_letters_id ON dead_letters (receipt_id);
      CREATE TABLE peers (region_id TEXT PRIMARY KEY, memory TEXT NOT NULL) STRICT, WITHOUT ROWID;
    `);
  },
  (database) => {
    database.exec(`
      CREATE TABLE dead_letters_2 (
        number INTEGER PRIMARY KEY,
        region_id TEXT NOT NULL,
        store_id TEXT NOT NULL,
        receipt_id TEXT NOT NULL,
        digest TEXT NOT NULL,
        committed INTEGER NOT NULL,
        position INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('refused', 'poison')),
        fault TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        buried_at TEXT NOT NULL,
        first_buried_at TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('open', 'resolved', 'discarded')),
        settled_at TEXT,
        UNIQUE (region_id, store_id, receipt_id, digest, committed)
      ) STRICT;
      INSERT INTO dead_letters_2
        SELECT NULL, region_id, store_id, receipt_id, digest, committed, position, 'refused', fault, attempts, buried_at,
          buried_at, 'open', NULL
        FROM dead_letters ORDER BY position, region_id, store_id;
      DROP TABLE dead_letters;
      ALTER TABLE dead_letters_2 RENAME TO dead_letters;
      CREATE INDEX dead_letters_id ON dead_letters (receipt_id);
      CREATE INDEX dead_letters_status ON dead_letters (region_id, store_id, status, number, kind);
    `);
  },
];

/** Refuses a file that a newer release wrote, before anything is changed. Returns the file's version. */
export function refuseNewer(database: DatabaseSync, path: string, migrations: readonly Migration[]): number {
  const version = readPragma(database, "user_version");
  if (version <= migrations.length) return version;
  throw new StoreProblemError(
    "newer-version",
    `The receipt log ${path} was written by a newer release (its form is ${version}, this release knows ${migrations.length}). Use that release or a newer one; nothing was changed`,
  );
}

/**
 * Brings an open file to the newest form, each step in a transaction of its own: a crash leaves a form that exists.
 */
export function migrate(database: DatabaseSync, path: string, migrations: readonly Migration[]): void {
  const version = refuseNewer(database, path, migrations);
  for (const [offset, step] of migrations.slice(version).entries()) {
    database.exec("BEGIN IMMEDIATE");
    try {
      step(database);
      database.exec(`PRAGMA user_version = ${version + offset + 1}`);
      database.exec("COMMIT");
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }
}

/** The one number that a pragma answers with. */
export function readPragma(database: DatabaseSync, name: string): number {
  const row = database.prepare(`PRAGMA ${name}`).get();
  const value = row === undefined ? undefined : Object.values(row)[0];
  if (typeof value !== "number") throw new Error(`PRAGMA ${name} gave no number`);
  return value;
}
