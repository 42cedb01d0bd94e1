/** What every store promises, whatever it is made of. Knows nothing of SQLite, so that it can serve others. */
import type { ReceiptStore } from "@rsync/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { foreignAppend as foreign, ownAppend as own } from "../sample-appends.ts";
import { deadLetters } from "./dead-letter-contract.ts";
import { beside, closing, identity } from "./kept-contract.ts";
import { all, type Current, type Reopen, type StoreSite } from "./store-site.ts";

/** Runs the cases in vitest, under `name`, against stores that `makeSite` makes: a new site for each case. */
export function storeContract(name: string, makeSite: () => Promise<StoreSite>): void {
  describe(name, () => cases(makeSite));
}

function cases(makeSite: () => Promise<StoreSite>): void {
  let site: StoreSite;
  let store: ReceiptStore;
  beforeEach(async () => {
    site = await makeSite();
    store = await site.open();
  });
  afterEach(async () => {
    await store.close();
    await site.remove();
  });
  const current = () => store;
  const reopen = async (regionId?: string) => {
    await store.close();
    store = await site.open(regionId);
    return store;
  };

  describe("appending", () => appending(current));
  describe("content that differs (I4)", () => conflicts(current, reopen));
  describe("reading", () => reading(current, reopen));
  describe("what is kept beside the log", () => beside(current, reopen));
  describe("dead letters", () => deadLetters(current, reopen));
  describe("who the store is", () => identity(current, reopen));
  describe("closing", () => closing(current));
}

function appending(current: Current): void {
  it("numbers own receipts from 1 and gives every row the next position", async () => {
    const results = await current().append([own("a"), foreign("f", { store: "far", seq: 7 }), own("b")]);
    expect(
      results.map((result) => ("row" in result ? [result.kind, result.row.position, result.row.own] : [])),
    ).toEqual([
      ["stored", 1, true],
      ["stored", 2, false],
      ["stored", 3, true],
    ]);
    const { storeId } = current().introduction().store;
    const rows = await current().list(all);
    expect(rows.map(({ record }) => [record.sourceStore, record.sourceSeq])).toEqual([
      [storeId, 1],
      ["far", 7],
      [storeId, 2],
    ]);
    expect(results.map((result) => ("row" in result ? result.row : undefined))).toEqual(rows);
  });

  it("answers the same receipt again as a duplicate, also within one call and across concurrent calls", async () => {
    const [first, second] = await Promise.all([current().append([own("a"), own("a")]), current().append([own("a")])]);
    expect([...first, ...second].map(({ kind }) => kind)).toEqual(["stored", "duplicate", "duplicate"]);
    expect(await current().count()).toEqual({ rows: 1, own: 1 });
  });

  it("takes an upgrade as a new row and answers the older state with committed: true", async () => {
    await current().append([own("a")]);
    const results = await current().append([own("a", { committed: true }), own("a")]);
    expect(results).toMatchObject([
      { kind: "upgraded", row: { position: 2 } },
      { kind: "duplicate", held: { committed: true } },
    ]);
    expect((await current().get("a"))?.record).toMatchObject({ committed: true, sourceSeq: 2 });
  });

  it("stores an own submission of a state that only another region brought, once", async () => {
    await current().append([foreign("a", { store: "far", seq: 1 })]);
    const results = await current().append([own("a"), own("a")]);
    expect(results).toMatchObject([
      { kind: "stored", row: { own: true, record: { sourceSeq: 1 } } },
      { kind: "duplicate" },
    ]);
    expect((await current().get("a"))?.own).toBe(true);
  });

  it("stores a stale own submission with committed: true where only a foreign committed row is held", async () => {
    await current().append([foreign("a", { committed: true, store: "far", seq: 1 })]);
    const [result] = await current().append([own("a")]);
    expect(result).toMatchObject({ kind: "stored", row: { own: true, record: { committed: true } } });
    expect((await current().append([own("a", { committed: true })]))[0]).toMatchObject({ kind: "duplicate" });
  });

  it("keeps each call's results together when many calls share a commit", async () => {
    const calls = Array.from({ length: 200 }, (_, index) => current().append([own(`a${index}`), own(`b${index}`)]));
    const results = await Promise.all(calls);
    expect(results.map((call) => call.map((result) => ("row" in result ? result.row.record.receiptId : "")))).toEqual(
      Array.from({ length: 200 }, (_, index) => [`a${index}`, `b${index}`]),
    );
    const sequences = (await current().list(all)).map(({ record }) => record.sourceSeq);
    expect(sequences).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
  });

  it("appends nothing when nothing is given", async () => {
    expect(await current().append([])).toEqual([]);
    expect(current().introduction().store.position).toBe(0);
  });

  it("tells its position only as far as it is committed (I3)", async () => {
    const pending = current().append([own("a")]);
    expect(current().introduction().store.position).toBe(0);
    await pending;
    expect(current().introduction().store.position).toBe(1);
  });
}

function conflicts(current: Current, reopen: Reopen): void {
  it("refuses other content under an id, keeps both, and records each content once", async () => {
    await current().append([own("a")]);
    const offered = foreign("a", { content: 1, store: "far", seq: 3 });
    const results = await current().append([offered, offered, own("a", { content: 2 })]);
    const held = { digest: own("a").digest, committed: false };
    expect(results).toEqual([
      { kind: "conflict", held },
      { kind: "conflict", held },
      { kind: "conflict", held },
    ]);
    const recorded = await current().conflicts({ limit: 10 });
    expect(recorded.map(({ number }) => number)).toEqual([1, 2]);
    expect(recorded[0]).toMatchObject({ held, offered: offered.record });
    expect(recorded[1]?.offered).toMatchObject({ transactionId: "tx-2", sourceStore: undefined, sourceSeq: undefined });
    expect((await current().get("a"))?.record.transactionId).toBe("tx-0");
    expect(await current().count()).toEqual({ rows: 1, own: 1 });
  });

  it("refuses two contents in one call against each other, and still knows after opening again", async () => {
    const results = await current().append([own("a"), own("a", { content: 1 })]);
    expect(results.map(({ kind }) => kind)).toEqual(["stored", "conflict"]);
    const store = await reopen();
    expect(await store.conflicts({ receiptId: "a", limit: 10 })).toHaveLength(1);
    expect(await store.conflicts({ receiptId: "b", limit: 10 })).toEqual([]);
    expect(await store.conflicts({ after: 1, limit: 10 })).toEqual([]);
  });

  it("stores a receipt whose number is already taken by other content: ids decide, numbers are labels", async () => {
    const results = await current().append([
      foreign("a", { store: "far", seq: 1 }),
      foreign("b", { content: 1, store: "far", seq: 1 }),
    ]);
    expect(results.map(({ kind }) => kind)).toEqual(["stored", "stored"]);
  });
}

function reading(current: Current, reopen: Reopen): void {
  it("gives back every field exactly, before and after opening again", async () => {
    const odd = own("id/with %, spaces and λ🧾");
    const seedStyle = foreign("seed-style");
    await current().append([odd, seedStyle]);
    const before = await current().list(all);
    expect(before[0]?.record).toEqual({
      ...odd.receipt,
      digest: odd.digest,
      timestamp: odd.timestamp,
      sourceRegion: "eu-west-1",
      sourceStore: current().introduction().store.storeId,
      sourceSeq: 1,
    });
    expect(before[1]?.record).toEqual(seedStyle.record);
    const store = await reopen();
    expect(await store.list(all)).toEqual(before);
    expect(await store.get(odd.receipt.receiptId)).toEqual(before[0]);
    expect(await store.get("unknown")).toBeUndefined();
  });

  it("lists by position, own rows alone where asked, within rows and bytes", async () => {
    await current().append([own("a"), foreign("f", { store: "far", seq: 1 }), own("b"), own("c")]);
    const positions = async (range: Partial<typeof all> & { through?: number }) =>
      (await current().list({ ...all, ...range })).map(({ position }) => position);
    expect(await positions({})).toEqual([1, 2, 3, 4]);
    expect(await positions({ ownOnly: true })).toEqual([1, 3, 4]);
    expect(await positions({ after: 1, through: 3 })).toEqual([2, 3]);
    expect(await positions({ rowsMax: 2 })).toEqual([1, 2]);
    expect(await positions({ bytesMax: 1 })).toEqual([1]);
    expect(await positions({ bytesMax: 10 })).toEqual([1, 2]);
    expect(await positions({ after: 4 })).toEqual([]);
  });

  it("reads as many rows as asked for", async () => {
    await current().append(Array.from({ length: 1500 }, (_, index) => own(`r${index}`)));
    const rows = await current().list({ ...all, rowsMax: 1400, after: 50 });
    expect([rows.length, rows[0]?.position, rows.at(-1)?.position]).toEqual([1400, 51, 1450]);
  });

  it("counts rows and own rows after a position, also across a new store id", async () => {
    await current().append([foreign("f", { store: "far", seq: 1 }), own("a"), own("b")]);
    await current().renew();
    await current().append([own("c"), foreign("g", { store: "far", seq: 2 })]);
    const counts = async (store: ReceiptStore) =>
      Promise.all([0, 1, 2, 3, 4, 5].map((position) => store.countOwnAfter(position)));
    expect(await current().count()).toEqual({ rows: 5, own: 3 });
    expect(await counts(current())).toEqual([3, 3, 2, 1, 0, 0]);
    const store = await reopen();
    expect(await store.count()).toEqual({ rows: 5, own: 3 });
    expect(await counts(store)).toEqual([3, 3, 2, 1, 0, 0]);
  });
}
