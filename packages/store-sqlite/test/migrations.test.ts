import { DatabaseSync } from "node:sqlite";
import { ownAppend as own } from "@rsync/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createFile } from "../src/file/create-file.ts";
import { MIGRATIONS, type Migration, migrate, readPragma } from "../src/file/migrations.ts";
import { openLog } from "../src/file/open-log.ts";
import { type TemporaryLog, temporaryLog } from "./temporary-log.ts";

let log: TemporaryLog;
beforeEach(async () => {
  log = temporaryLog();
  const store = await log.open();
  await store.append([own("a"), own("b")]);
  await store.close();
});
afterEach(() => log.remove());

const addTable: Migration = (database) => database.exec("CREATE TABLE added (text TEXT NOT NULL) STRICT");
const fillTable: Migration = (database) => database.exec("INSERT INTO added SELECT receipt_id FROM receipts");
const fail: Migration = (database) => {
  addTable(database);
  throw new Error("as told");
};

function open(migrations: readonly Migration[]): void {
  const request = { path: log.path, regionId: "eu-west-1", newStoreId: "new", fileBytesMax: undefined };
  const { database, freeLock } = openLog({ ...request, onDamage: "refuse", damageLabel: "" }, migrations);
  database.close();
  freeLock();
}

function look<Found>(read: (database: DatabaseSync) => Found): Found {
  const database = new DatabaseSync(log.path);
  try {
    return read(database);
  } finally {
    database.close();
  }
}

it("brings a file of an older form forward, step by step, with its rows", () => {
  const version = look((database) => readPragma(database, "user_version"));
  expect(version).toBe(MIGRATIONS.length);
  open([...MIGRATIONS, addTable, fillTable]);
  expect(look((database) => readPragma(database, "user_version"))).toBe(version + 2);
  expect(look((database) => database.prepare("SELECT text FROM added ORDER BY text").all())).toMatchObject([
    { text: "a" },
    { text: "b" },
  ]);
  open([...MIGRATIONS, addTable, fillTable]);
  expect(() => open(MIGRATIONS)).toThrow(/newer release/);
});

it("takes the dead letters of the first form over as refusals that are open, by position", async () => {
  const old = temporaryLog();
  createFile(old.path, { regionId: "eu-west-1", storeId: "s", refilling: false }, MIGRATIONS.slice(0, 1));
  const database = new DatabaseSync(old.path);
  const insert = database.prepare(
    "INSERT INTO dead_letters VALUES (?, 'far', ?, ?, 1, ?, ?, 2, '2025-11-16T12:00:00Z')",
  );
  insert.run("us", "b", "d", 9, '{"kind":"aborted"}');
  insert.run("us", "a", "d", 4, '{"kind":"timeout","timeoutMs":5}');
  insert.run("ap", "a", "d", 4, '{"kind":"aborted"}');
  database.close();
  const store = await old.open({ onDamage: "refuse" });
  const letters = await store.deadLetters({ limit: 10 });
  expect(letters.map(({ number, regionId, position }) => [number, regionId, position])).toEqual([
    [1, "ap", 4],
    [2, "us", 4],
    [3, "us", 9],
  ]);
  expect(letters[1]).toEqual({
    ...{ number: 2, regionId: "us", storeId: "far", receiptId: "a", digest: "d", committed: true, position: 4 },
    ...{ kind: "refused", fault: { kind: "timeout", timeoutMs: 5 }, attempts: 2, status: "open", settledAt: undefined },
    ...{ buriedAt: "2025-11-16T12:00:00Z", firstBuriedAt: "2025-11-16T12:00:00Z" },
  });
  await old.remove();
});

it("leaves the older form when a step fails, and can be opened with it again", async () => {
  expect(() => open([...MIGRATIONS, fail])).toThrow("as told");
  expect((await (await log.open({ onDamage: "refuse" })).count()).rows).toBe(2);
});

it("is opened so that every commit is fsynced, and no checkpoint runs unjudged (I3)", () => {
  const request = { path: log.path, regionId: "eu-west-1", newStoreId: "new", fileBytesMax: undefined };
  const { database, freeLock } = openLog({ ...request, onDamage: "refuse", damageLabel: "" });
  const settings = ["synchronous", "fullfsync", "checkpoint_fullfsync", "wal_autocheckpoint"];
  expect(settings.map((name) => readPragma(database, name))).toEqual([2, 1, 1, 0]);
  expect(database.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
  database.close();
  freeLock();
});

it("never changes a released step: files in some region were made by it", () => {
  const database = new DatabaseSync(":memory:");
  migrate(database, ":memory:", MIGRATIONS.slice(0, 1));
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  expect(tables.map((row) => row["name"])).toEqual([
    ...["check_marks", "conflicts", "cursors", "dead_letters", "epochs", "identities", "numbers", "peers", "receipts"],
  ]);
  database.close();
});
