import { DatabaseSync } from "node:sqlite";
import type { ReceiptStore } from "@rsync/core";
import { ownAppend as own } from "@rsync/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createFile } from "../src/file/create-file.ts";
import { MIGRATIONS, type Migration, migrate, readPragma } from "../src/file/migrations.ts";
import { openLog } from "../src/file/open-log.ts";
import type { ReceiptCells } from "../src/row/receipt-cells.ts";
import { receiptChecksum } from "../src/row/receipt-checksum.ts";
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
const fillTable: Migration = (database) => database.exec("INSERT INTO added SELECT receipt_id FROM receipt_ids");
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

/** A log of the second form, with so many rows in columns of their own, every third one foreign, and what became of numbers. */
function fillOldForm(path: string, rows: number): void {
  createFile(path, { regionId: "eu-west-1", storeId: "s", refilling: false }, MIGRATIONS.slice(0, 2));
  const database = new DatabaseSync(path);
  const insert = database.prepare(
    "INSERT INTO receipts VALUES (?, ?, ?, ?, unhex(?), ?, ?, ?, unhex(?), ?, ?, ?, ?, unhex(?))",
  );
  const hold = database.prepare("INSERT INTO numbers VALUES ('far', ?, 'held', ?)");
  database.exec("BEGIN");
  for (let position = 1, [ownSeq, farSeq] = [0, 0]; position <= rows; position += 1) {
    const own = position % 3 === 0 ? 0 : 1;
    if (own === 1) ownSeq += 1;
    else farSeq += 1;
    const origin = own === 1 ? (["eu-west-1", "s", ownSeq] as const) : (["us-west-1", "far", farSeq] as const);
    const receipt: ReceiptCells = [
      ...([`r${position}`, "tx-0", "00ff", position, "18446744073709551615", 1] as const),
      ...(["ab".repeat(32), "2025-11-16T12:00:00Z"] as const),
      ...origin,
    ];
    insert.run(position, own, ...receipt, receiptChecksum(position, own, receipt));
    if (own === 0) hold.run(farSeq, position);
  }
  database.exec("INSERT INTO numbers VALUES ('far', 1000000, 'alias', 1), ('far', 1000001, 'refused', 1); COMMIT");
  database.close();
}

const rowsOf = async (store: ReceiptStore) =>
  (await store.list({ after: 0, ownOnly: false, rowsMax: 1e6, bytesMax: 1e9 })).map(({ position, own, record }) => [
    ...[position, own, record.receiptId, record.ticks, record.sourceRegion, record.sourceStore, record.sourceSeq],
  ]);
const oldRows = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    const position = index + 1;
    const far = Math.floor(position / 3);
    if (position % 3 === 0) return [position, false, `r${position}`, position, "us-west-1", "far", far];
    return [position, true, `r${position}`, position, "eu-west-1", "s", position - far];
  });

it("moves the rows of the second form into blocks, and goes on where a crash ended it", {
  timeout: 60_000,
}, async () => {
  const old = temporaryLog();
  fillOldForm(old.path, 9_000);
  // Two portions; the third dies.
  let portions = 0;
  const dying = MIGRATIONS.map((step): Migration => {
    if (typeof step === "function") return step;
    return {
      movePortion: (database, path) => {
        portions += 1;
        const left = step.movePortion(database, path);
        if (portions === 3) throw new Error("power is gone");
        return left;
      },
    };
  });
  const request = { path: old.path, regionId: "eu-west-1", newStoreId: "new", fileBytesMax: undefined };
  expect(() => openLog({ ...request, onDamage: "refuse", damageLabel: "" }, dying)).toThrow("power is gone");
  expect(() => openLog({ ...request, onDamage: "refuse", damageLabel: "" }, MIGRATIONS.slice(0, 2))).toThrow(
    /newer release/,
  );

  const store = await old.open({ onDamage: "refuse" });
  expect(await rowsOf(store)).toEqual(oldRows(9_000));
  expect(await store.count()).toEqual({ rows: 9_000, own: 6_000 });
  expect(await store.countOwnAfter(4_500)).toBe(3_000);
  expect(await store.get("r8999")).toMatchObject({ position: 8_999, own: true, record: { sourceSeq: 6_000 } });
  expect(await store.append([own("new")])).toMatchObject([{ row: { position: 9_001, record: { sourceSeq: 6_001 } } }]);
  await store.close();
  const database = new DatabaseSync(old.path);
  expect(database.prepare("SELECT state, source_seq FROM numbers ORDER BY source_seq").all()).toEqual([
    { state: "alias", source_seq: 1_000_000 },
    { state: "refused", source_seq: 1_000_001 },
  ]);
  database.close();
  await old.remove();
});

it.each([
  [
    "changed",
    "UPDATE receipts SET ticks = 1 WHERE position = 50",
    'position 50 (receipt "r50") is not what was written',
  ],
  ["missing", "DELETE FROM receipts WHERE position = 50", "the row at position 50 is missing"],
])("moves no row that is %s: the file is damaged", async (_name, damage, saying) => {
  const old = temporaryLog();
  fillOldForm(old.path, 100);
  const database = new DatabaseSync(old.path);
  database.exec(damage);
  database.close();
  await expect(old.open({ onDamage: "refuse" })).rejects.toMatchObject({
    kind: "damaged",
    message: expect.stringContaining(saying),
  });
  await old.remove();
});
