import { DatabaseSync } from "node:sqlite";
import { ownAppend as own } from "@rsync/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type TemporaryLog, temporaryLog } from "./temporary-log.ts";

let log: TemporaryLog;
let timers: { delayMs: number; run: () => void }[];
const cursor = { regionId: "us-east-1", storeId: "s", position: 5 };
beforeEach(() => {
  log = temporaryLog();
  timers = [];
});
afterEach(() => log.remove());

const open = () =>
  log.open({
    schedule: (delayMs, run) => {
      timers.push({ delayMs, run });
      return () => undefined;
    },
    scrubPauseMs: 7,
    cursorDelayMs: 200,
  });

function cursorsOnDisk(): unknown[] {
  const database = new DatabaseSync(log.path, { readOnly: true });
  const rows = database.prepare("SELECT position FROM cursors").all();
  database.close();
  return rows.map((row) => row["position"]);
}

it("ride to disk with the next append", async () => {
  const store = await open();
  await store.saveCursors([cursor]);
  expect(cursorsOnDisk()).toEqual([]);
  await store.append([own("a")]);
  expect(cursorsOnDisk()).toEqual([5]);
});

it("are written after a while when no append comes, once for many changes", async () => {
  const store = await open();
  for (const position of [6, 7, 8]) await store.saveCursors([{ ...cursor, position }]);
  const due = timers.filter(({ delayMs }) => delayMs === 200);
  expect(due).toHaveLength(1);
  due[0]?.run();
  await store.savePeers([]); // goes through the same queue
  expect(cursorsOnDisk()).toEqual([8]);
});

it("are kept for later when the disk is full", async () => {
  const store = await log.open({ fileBytesMax: 300_000 });
  await store.saveCursors([cursor]);
  const tooMuch = Array.from({ length: 2000 }, (_, index) => own(`r${index}`));
  await expect(store.append(tooMuch)).rejects.toMatchObject({ kind: "full" });
  expect(await store.cursors()).toEqual([cursor]);
  await store.append([own("small")]);
  expect(cursorsOnDisk()).toEqual([5]);
});
