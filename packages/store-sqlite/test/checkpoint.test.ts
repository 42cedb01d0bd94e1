import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Checkpointer, createCheckpointer } from "../src/writer/checkpoint.ts";
import { type TemporaryLog, temporaryLog } from "./temporary-log.ts";

let place: TemporaryLog;
let writer: DatabaseSync;
let checkpoint: Checkpointer;
beforeEach(() => {
  place = temporaryLog();
  writer = new DatabaseSync(place.path);
  writer.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE pages (content BLOB)");
  checkpoint = createCheckpointer(writer, {
    passivePages: 50,
    passiveCommits: 1e9,
    passivePagesOfCommits: 1e9,
    waitingPages: 100,
    rowsBetweenLooks: 5,
    commitsBetweenLooks: 5,
  });
});
afterEach(async () => {
  writer.close();
  await place.remove();
});

/** Commits so many pages one by one and returns how large the write-ahead log became, in pages. */
function write(pages: number): number {
  const insert = writer.prepare("INSERT INTO pages VALUES (zeroblob(4000))");
  for (let page = 0; page < pages; page++) {
    insert.run();
    checkpoint(1);
  }
  return statSync(`${place.path}-wal`).size / 4120;
}

it.each([
  [
    "passive checkpoints after so many pages",
    { passivePages: 50, passiveCommits: 1e9, passivePagesOfCommits: 1e9, waitingPages: 1e9 },
  ],
  [
    "passive checkpoints after so many commits",
    { passivePages: 1e9, passiveCommits: 25, passivePagesOfCommits: 1e9, waitingPages: 1e9 },
  ],
  ["waiting checkpoints", { passivePages: 1e9, passiveCommits: 1e9, passivePagesOfCommits: 1e9, waitingPages: 50 }],
])("keeps the write-ahead log small by %s", (_name, limits) => {
  checkpoint = createCheckpointer(writer, { ...limits, rowsBetweenLooks: 5, commitsBetweenLooks: 5 });
  expect(write(1000)).toBeLessThan(150);
});

it("moves nothing early where so many commits wrote other pages each time", () => {
  checkpoint = createCheckpointer(writer, {
    ...{ passivePages: 1e9, passiveCommits: 25, passivePagesOfCommits: 10, waitingPages: 1e9 },
    ...{ rowsBetweenLooks: 5, commitsBetweenLooks: 5 },
  });
  expect(write(1000)).toBeGreaterThan(1000);
});

it("lets it grow while somebody reads for long, without stopping the writer, and starts it anew afterwards", () => {
  const backup = new DatabaseSync(place.path, { readOnly: true });
  backup.exec("BEGIN");
  backup.prepare("SELECT count(*) FROM pages").get();
  const grown = write(300);
  expect(grown).toBeGreaterThan(300);
  backup.exec("COMMIT");
  backup.close();
  const after = write(1000);
  expect(after).toBeLessThan(grown + 150);
});
