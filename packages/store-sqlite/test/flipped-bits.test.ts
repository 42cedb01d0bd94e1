/** Whichever byte of a block rots in the file, every read of a row in it notices, and so does the background check. */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { foreignAppend as foreign, ownAppend as own } from "@rsync/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { classifyProblem } from "../src/file/classify-problem.ts";
import { type LogReader, prepareLogReader } from "../src/reader/log-reader.ts";
import { type TemporaryLog, temporaryLog } from "./temporary-log.ts";

/** What SQLite writes before the first text of a block: sizes, the position, the types of the columns. */
const CELL_HEADER_BYTES = 13;

let log: TemporaryLog;
let whole: Buffer;
beforeAll(async () => {
  log = temporaryLog();
  const store = await log.open();
  await store.append(["r1", "r2", "r3"].map((id) => own(id)));
  await store.append(["f1", "f2", "f3"].map((id, index) => foreign(id, { store: "far", seq: index + 1 })));
  await store.close();
  whole = readFileSync(log.path);
});
afterAll(() => log.remove());

/** What a read of a file with this one bit flipped comes to: the kind of problem, or `none`. */
function readFlipped(offset: number, bit: number, read: (reader: LogReader) => unknown): string {
  const flipped = Buffer.from(whole);
  flipped.writeUInt8(flipped.readUInt8(offset) ^ (1 << bit), offset);
  const copy = `${log.path}.flipped`;
  writeFileSync(copy, flipped);
  const database = new DatabaseSync(copy);
  try {
    read(prepareLogReader(database, copy));
    return "none";
  } catch (error) {
    return classifyProblem(error, copy).kind;
  } finally {
    database.close();
  }
}

const all = { after: 0, ownOnly: false, rowsMax: 10, bytesMax: 1e9 };
it.each([
  ["get", "own", "eu-west-1", "r1", (reader: LogReader) => reader.get("r2")],
  ["get", "foreign", "us-west-1", "f1", (reader: LogReader) => reader.get("f2")],
  ["list", "own", "eu-west-1", "r1", (reader: LogReader) => reader.list(all)],
  ["list", "foreign", "us-west-1", "f1", (reader: LogReader) => reader.list(all)],
  ["list of own rows", "own", "eu-west-1", "r1", (reader: LogReader) => reader.list({ ...all, ownOnly: true })],
  ["background check", "own", "eu-west-1", "r1", (reader: LogReader) => reader.verify(0, 10)],
  ["background check", "foreign", "us-west-1", "f1", (reader: LogReader) => reader.verify(0, 10)],
])("%s notices a flipped bit in any byte of a block with %s rows", (_read, _rows, region, firstId, read) => {
  copyFileSync(log.path, `${log.path}.flipped`);
  const lines = whole.indexOf(`${firstId}\ttx-0`);
  const begin = whole.lastIndexOf(region, lines) - CELL_HEADER_BYTES;
  const last = whole.indexOf(`${firstId[0]}3\ttx-0`, lines);
  const end = whole.indexOf(region === "eu-west-1" ? "00Z" : "+01:00", last) + (region === "eu-west-1" ? 3 : 6);
  expect(end - begin).toBeGreaterThan(300);
  const unnoticed: string[] = [];
  for (let offset = begin; offset < end; offset += 1) {
    const found = readFlipped(offset, offset % 8, read);
    if (found.startsWith("damaged") === false) unnoticed.push(`byte ${offset - begin}: ${found}`);
  }
  expect(unnoticed).toEqual([]);
});
