/** What lies at the path is no log of ours, or may not be touched. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { sqliteStore } from "../src/index.ts";
import { nodeArguments } from "./start-process.ts";
import { type TemporaryLog, temporaryLog } from "./temporary-log.ts";

let log: TemporaryLog;
beforeEach(() => {
  log = temporaryLog();
});
afterEach(() => log.remove());

/** Opening fails with this kind, and the file is left as it was to the byte. */
async function expectRefusal(kind: string, saying: string): Promise<void> {
  const before = readFileSync(log.path);
  await expect(log.open()).rejects.toMatchObject({ kind, message: expect.stringContaining(saying) });
  expect(readFileSync(log.path).equals(before)).toBe(true);
}

it("leaves a file alone that is no database", async () => {
  writeFileSync(log.path, "dear diary, ".repeat(100));
  await expectRefusal("not-a-log", "no SQLite database");
  writeFileSync(log.path, "short");
  await expectRefusal("not-a-log", "no SQLite database");
});

it("leaves another application's database alone", async () => {
  const other = new DatabaseSync(log.path);
  other.exec("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine'); PRAGMA application_id = 4711");
  other.close();
  await expectRefusal("not-a-log", "another application (application_id 4711)");
});

it("refuses a file that a newer release wrote", async () => {
  await (await log.open()).close();
  const newer = new DatabaseSync(log.path);
  newer.exec("PRAGMA user_version = 99");
  newer.close();
  await expectRefusal("newer-version", "its form is 99");
});

it("takes an empty file as a new log", async () => {
  writeFileSync(log.path, "");
  expect((await log.open()).introduction().store.position).toBe(0);
});

it("says that the folder is missing, or that the path is a folder", async () => {
  const missing = sqliteStore(join(log.folder, "missing", "receipts.db"), { regionId: "eu-west-1" });
  await expect(missing).rejects.toMatchObject({ kind: "no-access", message: expect.stringContaining("must exist") });
  mkdirSync(log.path);
  await expect(log.open()).rejects.toMatchObject({ kind: "no-access" });
});

it("says that rights are missing: for the folder, and for the file", () => {
  // The superuser may write everywhere, so the process that tries is nobody's.
  const identity = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const tryToOpen = () =>
    execFileSync(process.execPath, nodeArguments("open-process.ts", log.path), {
      encoding: "utf8",
      ...identity,
    }).trim();
  chmodSync(log.folder, 0o555);
  expect(tryToOpen()).toBe("no-access");
  chmodSync(log.folder, 0o777);
  expect(tryToOpen()).toBe("opened");
  chmodSync(log.path, 0o444);
  if (process.getuid?.() === 0) execFileSync("chown", ["0", log.path]);
  expect(tryToOpen()).toBe("no-access");
});
