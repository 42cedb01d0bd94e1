import { renameSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { APPLICATION_ID, type Migration, migrate } from "./migrations.ts";
import { syncFolder } from "./sync-folder.ts";

/** Whose log a new file is. */
export interface NewFile {
  readonly regionId: string;
  readonly storeId: string;
  /** True where it takes the place of a damaged one: what that one held is missing, so it may not vote yet. */
  readonly refilling: boolean;
}

/**
 * Makes an empty log under another name and renames it once it is complete and on disk, so that a crash or a full disk in
 * the middle never leaves half a log at `path`, and no log is ever without a store id.
 */
export function createFile(path: string, file: NewFile, migrations: readonly Migration[]): void {
  const draft = `${path}.creating`;
  for (const suffix of ["", "-journal"]) rmSync(draft + suffix, { force: true });
  const database = new DatabaseSync(draft);
  try {
    database.exec(`PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA application_id = ${APPLICATION_ID}`);
    migrate(database, draft, migrations);
    database
      .prepare(
        "INSERT INTO identities (number, store_id, region_id, own_before, refilling, loss_accepted) VALUES (1, ?, ?, 0, ?, 0)",
      )
      .run(file.storeId, file.regionId, file.refilling ? 1 : 0);
  } finally {
    database.close();
  }
  renameSync(draft, path);
  syncFolder(path);
}
