/** What can be no line of the log is refused before it gets anywhere. */
import type { Append, ReceiptStore } from "@rsync/core";
import { foreignAppend as foreign, ownAppend as own } from "@rsync/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TemporaryLog, temporaryLog } from "./temporary-log.ts";

let log: TemporaryLog;
let store: ReceiptStore;
beforeAll(async () => {
  log = temporaryLog();
  store = await log.open();
});
afterAll(() => log.remove());

const ownWith = (change: { receiptId?: string; transactionId?: string }): Append => {
  const item = own("a");
  return { ...item, receipt: { ...item.receipt, ...change } };
};
const foreignWith = (change: { timestamp?: string; sourceRegion?: string; sourceStore?: string }): Append => {
  const item = foreign("a", { store: "far", seq: 1 });
  return { ...item, record: { ...item.record, ...change } };
};

it.each([
  ["a line break in the receipt id", ownWith({ receiptId: "a\nb" })],
  ["a tab in the transaction id", ownWith({ transactionId: "a\tb" })],
  ["half a surrogate pair", ownWith({ transactionId: "a\ud800" })],
  ["a line break in the timestamp", foreignWith({ timestamp: "now\n" })],
  ["a tab in the region", foreignWith({ sourceRegion: "us\twest" })],
  ["a line break in the store id", foreignWith({ sourceStore: "far\n" })],
])("refuses %s as invalid, stores nothing of that call, and goes on", async (_name, item) => {
  const rows = (await store.count()).rows;
  await expect(store.append([own(`beside ${rows}`), item])).rejects.toMatchObject({ kind: "invalid" });
  expect((await store.count()).rows).toBe(rows);
  expect(await store.append([own(`after ${rows}`)])).toMatchObject([{ kind: "stored" }]);
});

it("keeps texts of any other kind as they are", async () => {
  const id = '\u2028 é 漢字 😀 " \\ \u00a0';
  await store.append([own(id), foreign(`${id}2`, { store: id, seq: 7 })]);
  expect(await store.get(id)).toMatchObject({ record: { receiptId: id } });
  expect(await store.get(`${id}2`)).toMatchObject({ record: { sourceStore: id, sourceSeq: 7 } });
});
