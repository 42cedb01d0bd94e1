import type { DatabaseSync } from "node:sqlite";
import { moveRows } from "./move-rows.ts";
import { StoreProblemError } from "./store-problem.ts";

/**
 * One step forward of the file's form. Its place in the list is the `user_version` that it leads from. A step that moves more than
 * memory and write-ahead log should hold does so in portions: each call is a transaction of its own and says whether any are
 * left, and what a crash leaves is taken up where it ended.
 */
export type Migration =
  | ((database: DatabaseSync) => void)
  | { readonly movePortion: (database: DatabaseSync, path: string) => boolean };

/** "RcSy": marks a SQLite file as ours, so that no other application's database is ever touched. */
export const APPLICATION_ID = 0x52635379;

/**
 * Every form that the file ever had, oldest first. A released step is never changed: a file in some region was made by it.
 *
 * Why the tables are as they are:
 * - `blocks` holds the rows (`block.ts`), ordered by position, so appending writes at its end. `blocks_own` lists those that lanes
 *   deliver (with `own` in it, so that a block whose `own` rotted is read and found, not passed over); `countOwnAfter` finds its
 *   answer with one look into it. `blocks_numbers` finds the row that bears a number, and with
 *   it what is held of an origin (§9): an entry for each stretch of numbers and not for each number, so that gaps are soon found.
 * - `receipt_ids` finds rows by id. Several bear one id where a state was upgraded, or submitted here after it came from elsewhere:
 *   the first is copy 0, so that one statement says whether an id is new and takes it.
 * - `numbers` says what became of the other numbers of other origins (§9): the same content that we hold under another number
 *   (`alias`), or a refused content (`refused`, whose position is the conflict's number).
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
  // Rows move in the next step. They have a step of their own, so that an older release finds a newer form from here on.
  (database) => {
    database.exec(`
      DROP INDEX receipts_id;
      DROP INDEX receipts_own;
      ALTER TABLE receipts RENAME TO unmoved;
      CREATE TABLE blocks (
        position INTEGER PRIMARY KEY,
        own INTEGER NOT NULL,
        source_region TEXT NOT NULL,
        source_store TEXT,
        source_seq INTEGER,
        rows INTEGER NOT NULL,
        checksum TEXT NOT NULL,
        receipts TEXT NOT NULL
      ) STRICT;
      CREATE INDEX blocks_own ON blocks (own) WHERE own = 1;
      CREATE INDEX blocks_numbers ON blocks (source_store, source_seq, rows) WHERE source_store IS NOT NULL;
      CREATE TABLE receipt_ids (
        receipt_id TEXT NOT NULL,
        copy INTEGER NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (receipt_id, copy)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE numbers_2 (
        source_store TEXT NOT NULL,
        source_seq INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('alias', 'refused')),
        position INTEGER NOT NULL,
        PRIMARY KEY (source_store, source_seq)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO numbers_2 SELECT * FROM numbers WHERE state <> 'held';
      DROP TABLE numbers;
      ALTER TABLE numbers_2 RENAME TO numbers;
    `);
  },
  { movePortion: moveRows },
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
 * Brings an open file to the newest form, each step or portion of one in a transaction of its own: a crash leaves a form that
 * exists.
 */
export function migrate(database: DatabaseSync, path: string, migrations: readonly Migration[]): void {
  const version = refuseNewer(database, path, migrations);
  for (const [offset, step] of migrations.slice(version).entries()) {
    while (!advance(database, path, step, version + offset + 1)) {
      // So that the write-ahead log stays as small as one portion.
      database.exec("PRAGMA wal_checkpoint(PASSIVE)");
    }
  }
}

/** Runs a step, or one portion of it, in a transaction; says whether that version is reached. */
function advance(database: DatabaseSync, path: string, step: Migration, versionReached: number): boolean {
  database.exec("BEGIN IMMEDIATE");
  try {
    let reached = true;
    if (typeof step === "function") step(database);
    else reached = !step.movePortion(database, path);
    if (reached) database.exec(`PRAGMA user_version = ${versionReached}`);
    database.exec("COMMIT");
    return reached;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** The one number that a pragma answers with. */
export function readPragma(database: DatabaseSync, name: string): number {
  const row = database.prepare(`PRAGMA ${name}`).get();
  const value = row === undefined ? undefined : Object.values(row)[0];
  if (typeof value !== "number") throw new Error(`PRAGMA ${name} gave no number`);
  return value;
}
