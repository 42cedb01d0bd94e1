import { DatabaseSync } from "node:sqlite";
import { foreignAppend as foreign, ownAppend as own } from "@rsync/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type TemporaryLog, temporaryLog } from "./temporary-log.ts";

let log: TemporaryLog;
beforeEach(() => {
  log = temporaryLog();
});
afterEach(() => log.remove());

/** What became of every number of another origin: of those that rows bear, and of those that became no row. */
function recordedNumbers(): unknown[] {
  const database = new DatabaseSync(log.path, { readOnly: true });
  const rows = database.prepare(`
    SELECT source_store || ' ' || source_seq || ' ' || state AS text FROM numbers
    UNION
    SELECT source_store || ' ' || (source_seq + value) || ' held'
    FROM blocks INDEXED BY blocks_numbers JOIN json_each('[0,1,2,3,4,5,6,7]') ON value < rows
    WHERE source_store IS NOT NULL AND own = 0 ORDER BY 1`);
  const texts = rows.all().map((row) => row["text"]);
  database.close();
  return texts;
}

it("closes the gap of every number of another origin: held, alias of a held one, or refused (§9)", async () => {
  const store = await log.open();
  await store.append([own("mine")]);
  await store.append([
    foreign("a", { store: "far", seq: 1 }),
    foreign("a", { store: "far", seq: 1 }),
    foreign("a", { store: "near", seq: 1 }),
    foreign("a", { committed: true, store: "far", seq: 2 }),
    foreign("a", { store: "far", seq: 3 }),
    foreign("mine", { store: "far", seq: 4 }),
    foreign("mine", { content: 1, store: "far", seq: 5 }),
    foreign("seed-style"),
  ]);
  await store.close();
  expect(recordedNumbers()).toEqual([
    "far 1 held",
    "far 2 held",
    "far 3 alias",
    "far 4 alias",
    "far 5 refused",
    "near 1 alias",
  ]);
});

it("keeps the first record of a number that comes again with another receipt, and stores that receipt", async () => {
  const store = await log.open();
  await store.append([foreign("a", { store: "far", seq: 1 }), foreign("b", { store: "far", seq: 1 })]);
  await store.append([foreign("a", { content: 1, store: "far", seq: 1 })]);
  expect(await store.count()).toEqual({ rows: 2, own: 0 });
  await store.close();
  expect(recordedNumbers()).toEqual(["far 1 held"]);
});

it("records nothing when another region brings back a row of our own", async () => {
  const store = await log.open();
  await store.append([own("a")]);
  const { storeId } = store.introduction().store;
  expect(await store.append([foreign("a", { store: storeId, seq: 1 })])).toMatchObject([{ kind: "duplicate" }]);
  await store.append([foreign("lost", { store: storeId, seq: 2 })]);
  await store.close();
  expect(recordedNumbers()).toEqual([`${storeId} 2 held`]);
});

it("records no other fate for a number that a row of the same call bears", async () => {
  const store = await log.open();
  await store.append([own("mine")]);
  await store.append([foreign("a", { store: "far", seq: 1 }), foreign("mine", { store: "far", seq: 1 })]);
  await store.close();
  expect(recordedNumbers()).toEqual(["far 1 held"]);
});
