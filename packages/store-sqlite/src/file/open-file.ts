import { DatabaseSync } from "node:sqlite";
import { APPLICATION_ID, type Migration, migrate, readPragma, refuseNewer } from "./migrations.ts";
import { StoreProblemError } from "./store-problem.ts";
import { clearSuspicion, isSuspect } from "./suspicion.ts";
import { prepareVerification } from "./verify-rows.ts";

/** How large the write-ahead log may stay on disk after its contents have moved into the file. */
const walBytesMax = 64 * 1024 * 1024;
const cacheKibibytesMax = 32 * 1024;
const verifiedRowsAtOnce = 1000;

/**
 * Opens a log that exists for writing and checks it: recovery of the write-ahead log (SQLite does that on the first read),
 * form, schema, and the rows since the last check mark; every row where the last opening ended badly. Throws a SQLite error
 * or `StoreProblemError`, with nothing left open.
 */
export function openFile(
  path: string,
  migrations: readonly Migration[],
  fileBytesMax: number | undefined,
): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5000 });
  try {
    // The header that was inspected may be older than what the write-ahead log holds.
    if (readPragma(database, "application_id") !== APPLICATION_ID) throw damaged(path, "its application_id is gone");
    refuseNewer(database, path, migrations);
    configure(database, path, fileBytesMax);
    migrate(database, path, migrations);
    checkSchema(database, path, migrations);
    checkRows(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function configure(database: DatabaseSync, path: string, fileBytesMax: number | undefined): void {
  const mode = database.prepare("PRAGMA journal_mode = WAL").get()?.["journal_mode"];
  if (mode !== "wal") {
    throw new StoreProblemError(
      "no-access",
      `The receipt log ${path} cannot use a write-ahead log (${mode}): its file system lacks shared memory, or this process lacks rights`,
    );
  }
  // Checkpoints are run and judged by checkpoint.ts: SQLite's automatic ones swallow their errors.
  // fullfsync: on macOS a plain fsync stops at the drive's cache (I3); elsewhere it means nothing.
  database.exec(
    `PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA wal_autocheckpoint = 0;
     PRAGMA journal_size_limit = ${walBytesMax}; PRAGMA cache_size = -${cacheKibibytesMax}; PRAGMA temp_store = MEMORY;
     PRAGMA trusted_schema = OFF`,
  );
  if (fileBytesMax !== undefined) {
    const pagesMax = Math.max(1, Math.floor(fileBytesMax / readPragma(database, "page_size")));
    database.exec(`PRAGMA max_page_count = ${pagesMax}`);
  }
}

/** The file's tables and indexes must be, to the letter, those that the migrations make. */
function checkSchema(database: DatabaseSync, path: string, migrations: readonly Migration[]): void {
  const reference = new DatabaseSync(":memory:");
  try {
    migrate(reference, ":memory:", migrations);
    if (describeSchema(reference) !== describeSchema(database))
      throw damaged(path, "its tables are not those of a receipt log");
  } finally {
    reference.close();
  }
}

function describeSchema(database: DatabaseSync): string {
  return JSON.stringify(database.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name").all());
}

function checkRows(database: DatabaseSync, path: string): void {
  const suspect = isSuspect(path);
  if (suspect) checkPages(database, path);
  const verify = prepareVerification(database, path);
  const mark = suspect ? 0 : readNumber(database, "SELECT coalesce(max(position), 0) FROM check_marks");
  let last = mark;
  for (let next = verify(last, verifiedRowsAtOnce); next !== undefined; next = verify(last, verifiedRowsAtOnce))
    last = next;
  const promised = readNumber(
    database,
    "SELECT max((SELECT coalesce(max(start_position), 0) FROM epochs), (SELECT coalesce(max(position), 0) FROM check_marks))",
  );
  if (last < promised) throw damaged(path, `it ends at position ${last}, but once reached ${promised}`);
  if (suspect) clearSuspicion(path);
}

function checkPages(database: DatabaseSync, path: string): void {
  const finding = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  if (finding !== "ok") throw damaged(path, String(finding));
}

function readNumber(database: DatabaseSync, sql: string): number {
  const row = database.prepare(sql).get();
  const value = row === undefined ? undefined : Object.values(row)[0];
  return typeof value === "number" ? value : 0;
}

function damaged(path: string, what: string): StoreProblemError {
  return new StoreProblemError("damaged", `The receipt log ${path} is damaged: ${what}`);
}
