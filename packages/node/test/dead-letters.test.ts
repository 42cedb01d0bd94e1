/** What regions did not take: what it says about a receipt, and what an operator sees of it and decides. */
import { type Burial, type ReceiptStore, StoreError } from "@rsync/core";
import type { ReceiptSyncManager } from "@rsync/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, outliving, receipts, WEST } from "./loopback-deployment.ts";
import { DOWN } from "./loopback-network.ts";

const MONDAY = "2025-11-17T12:00:00.000Z";
const TUESDAY = "2025-11-18T12:00:00.000Z";

let deployment: LoopbackDeployment;
let store: ReceiptStore;
let manager: ReceiptSyncManager;
beforeEach(async () => {
  deployment = new LoopbackDeployment();
  store = outliving(deployment.freshStore(EAST));
  manager = await deployment.start(EAST, undefined, { store });
  for (const region of [WEST, EU]) deployment.setWeather(region, DOWN);
});
afterEach(() => deployment.close());

/** Receipts 1 to `count` as the dead letters of a region that nobody has met yet. */
async function buried(count: number, changes: Partial<Burial> = {}): Promise<readonly Burial[]> {
  for (const each of receipts(count)) await manager.syncReceipt(each, { waitFor: "none" });
  const rows = await store.list({ after: 0, ownOnly: true, rowsMax: count, bytesMax: 1e9 });
  const burials = rows.map(({ position, record: { receiptId, digest, committed } }): Burial => {
    const key = { regionId: WEST, storeId: "seed-style", receiptId, digest, committed };
    return { ...key, position, kind: "refused", fault: { kind: "aborted" }, attempts: 1, buriedAt: MONDAY, ...changes };
  });
  await store.bury(burials);
  return burials;
}

const ids = (letters: readonly { readonly receiptId: string }[]) => letters.map(({ receiptId }) => receiptId);
const statuses = async () => (await store.deadLetters({ limit: 99 })).map(({ status }) => status);

describe("a dead letter", () => {
  it("is a refusal while open and when discarded; poison is waiting, and what was resolved is over", async () => {
    const [letter] = await buried(1, { kind: "poison" });
    if (letter === undefined) throw new Error("nothing was buried");
    const only = { waitFor: "none", quorum: { threshold: 2, of: [{ region: EAST }, { region: WEST }] } } as const;
    const outcome = async () => (await manager.awaitQuorum("rec-1", only)).outcome;
    expect(await outcome()).toBe("pending");
    expect(await deployment.report(EAST, WEST)).toMatchObject({ deadLetters: 1, poison: 1 });
    await store.bury([{ ...letter, kind: "refused" }]);
    expect(await outcome()).toBe("refused");
    expect(await deployment.report(EAST, WEST)).toMatchObject({ deadLetters: 1, poison: 0 });
    await store.markDeadLetters([letter], "discarded", MONDAY);
    expect(await outcome()).toBe("refused");
    expect(await deployment.report(EAST, WEST)).toMatchObject({ deadLetters: 0 });
    await store.markDeadLetters([letter], "resolved", MONDAY);
    expect(await outcome()).toBe("pending");
  });
});

describe("listing", () => {
  it("pages through the open ones of the present stores, oldest first", async () => {
    const letters = await buried(5);
    await store.bury([
      { ...(letters[0] as Burial), regionId: EU },
      { ...(letters[0] as Burial), storeId: "an-earlier-store" },
    ]);
    await store.markDeadLetters(letters.slice(1, 2), "discarded", MONDAY);
    const first = await manager.deadLetters({ limit: 3 });
    expect(ids(first.letters)).toEqual(["rec-1", "rec-3", "rec-4"]);
    const second = await manager.deadLetters({ limit: 3, after: first.next });
    expect(second.letters.map(({ regionId, receiptId }) => [regionId, receiptId])).toEqual([
      [WEST, "rec-5"],
      [EU, "rec-1"],
    ]);
    expect(second.next).toBeUndefined();
    expect((await manager.deadLetters({ limit: 5 })).next).toBeUndefined();
  });

  it("finds them by region, id, kind and status, and those of stores that are gone", async () => {
    const letters = await buried(3);
    const [letter] = letters as [Burial];
    await store.bury([
      { ...letter, regionId: EU, kind: "poison" },
      { ...letter, storeId: "an-earlier-store" },
      { ...letter, regionId: "abandoned" },
    ]);
    await store.markDeadLetters(letters.slice(2), "resolved", MONDAY);
    const count = async (options: Parameters<ReceiptSyncManager["deadLetters"]>[0]) =>
      (await manager.deadLetters(options)).letters.length;
    expect(await count({})).toBe(3);
    expect(await count({ regionId: WEST })).toBe(2);
    expect(await count({ receiptId: "rec-1" })).toBe(2);
    expect(await count({ kind: "poison" })).toBe(1);
    expect(await count({ status: "resolved" })).toBe(1);
    expect(await count({ status: "all", regionId: WEST })).toBe(3);
    expect(await count({ store: "any" })).toBe(5);
    expect(await count({ store: "any", regionId: WEST, receiptId: "rec-1" })).toBe(2);
  });

  it("names the configured regions where there is no such region, and refuses limits that are none", async () => {
    await expect(manager.deadLetters({ regionId: "moon" })).rejects.toMatchObject({
      kind: "unknown-region",
      message: `Region moon is not configured: configured are ${WEST}, ${EU}`,
    });
    await expect(manager.deadLetter("moon", "rec-1")).rejects.toMatchObject({ kind: "unknown-region" });
    const everywhere = { kind: "all", regionId: "moon" } as const;
    await expect(manager.discardDeadLetters(everywhere)).rejects.toMatchObject({ kind: "unknown-region" });
    await expect(manager.deadLetters({ limit: 10_001 })).rejects.toMatchObject({ option: "limit" });
    await expect(manager.deadLetters({ after: -1 })).rejects.toMatchObject({ option: "after" });
  });

  it("tells what the store tells", async () => {
    const failing = { ...store, deadLetters: () => Promise.reject(new StoreError("failed", "no")) };
    await deployment.stop(EAST);
    const over = await deployment.start(EAST, undefined, { store: failing });
    await expect(over.deadLetters()).rejects.toMatchObject({ kind: "failed" });
  });
});

describe("showing one", () => {
  it("gives the receipt itself and every dead letter under its id, settled ones and those of earlier stores too", async () => {
    const [letter] = (await buried(1)) as [Burial];
    await store.bury([{ ...letter, storeId: "an-earlier-store" }]);
    await store.markDeadLetters([letter], "discarded", TUESDAY);
    const shown = await manager.deadLetter(WEST, "rec-1");
    expect(shown).toMatchObject([
      { letter: { status: "discarded", settledAt: TUESDAY, fault: letter.fault }, ofCurrentStore: true },
      { letter: { status: "open" }, ofCurrentStore: false },
    ]);
    expect(shown[0]?.row).toEqual(await manager.get("rec-1"));
    await expect(manager.deadLetter(EU, "rec-1")).rejects.toMatchObject({ kind: "not-found", receiptId: "rec-1" });
  });

  it("says so when the log does not hold the receipt that it names", async () => {
    const [letter] = (await buried(1)) as [Burial];
    await store.bury([{ ...letter, receiptId: "other" }]);
    await expect(manager.deadLetter(WEST, "other")).rejects.toMatchObject({ kind: "damaged" });
  });
});

describe("discarding", () => {
  it("marks one, tells what it was, and is harmless a second time", async () => {
    const [letter] = (await buried(2)) as [Burial];
    const one = { kind: "one", regionId: WEST, receiptId: "rec-1" } as const;
    const discarded = await manager.discardDeadLetters(one);
    expect(discarded).toMatchObject({ dryRun: false, count: 1, regions: [{ regionId: WEST, count: 1 }] });
    expect(discarded.letters).toMatchObject([{ receiptId: "rec-1", status: "open" }]);
    expect(await statuses()).toEqual(["discarded", "open"]);
    expect((await manager.discardDeadLetters(one)).count).toBe(1);
    expect(deployment.messages(EAST, "warn")).toContain(`An operator discarded 1 dead letter of region ${WEST}`);
    const other = { ...one, digest: "0".repeat(64) };
    await expect(manager.discardDeadLetters(other)).rejects.toMatchObject({ kind: "not-found" });
    await expect(manager.discardDeadLetters({ ...one, committed: false })).rejects.toMatchObject({ kind: "not-found" });
    expect((await manager.discardDeadLetters({ ...one, digest: letter.digest, committed: true })).count).toBe(1);
  });

  it("leaves a resolved one alone and says why", async () => {
    const letters = await buried(1);
    await store.markDeadLetters(letters, "resolved", TUESDAY);
    const one = { kind: "one", regionId: WEST, receiptId: "rec-1" } as const;
    await expect(manager.discardDeadLetters(one)).rejects.toThrow(`it was resolved at ${TUESDAY}: the region has it`);
    expect(await statuses()).toEqual(["resolved"]);
  });

  it("marks all of a region, or of a kind, of present stores only; a dry run only tells", async () => {
    const letters = await buried(300);
    const [letter] = letters as [Burial];
    await store.bury([
      { ...letter, regionId: EU, kind: "poison" },
      { ...letter, storeId: "an-earlier-store" },
    ]);
    const would = await manager.discardDeadLetters({ kind: "all" }, { dryRun: true });
    expect(would).toMatchObject({ dryRun: true, count: 301 });
    expect(would.letters).toHaveLength(100);
    expect((await store.deadLetters({ status: "open", limit: 999 })).length).toBe(302);
    expect((await manager.discardDeadLetters({ kind: "all", letterKind: "poison" })).regions).toEqual([
      { regionId: EU, count: 1 },
    ]);
    expect((await manager.discardDeadLetters({ kind: "all", regionId: WEST })).count).toBe(300);
    expect(await store.deadLetters({ status: "open", limit: 999 })).toMatchObject([{ storeId: "an-earlier-store" }]);
    expect(await manager.discardDeadLetters({ kind: "all" })).toEqual({
      dryRun: false,
      count: 0,
      regions: [],
      letters: [],
    });
  });

  it("marks what was buried at a time or later, whatever zone the time is written in", async () => {
    const [, second] = (await buried(2)) as [Burial, Burial];
    await store.bury([{ ...second, buriedAt: TUESDAY }]);
    const since = (text: string) => ({ kind: "since", since: text }) as const;
    expect((await manager.discardDeadLetters(since("2025-11-18T12:00:00.001Z"))).count).toBe(0);
    expect((await manager.discardDeadLetters(since("2025-11-18T13:00:00+01:00"))).count).toBe(1);
    expect(await statuses()).toEqual(["open", "discarded"]);
    for (const text of ["yesterday", "2025-11-18", "2025-13-40T99:00:00Z"]) {
      await expect(manager.discardDeadLetters(since(text))).rejects.toMatchObject({ option: "since" });
    }
  });

  it("is remembered over a restart", async () => {
    await buried(2);
    await manager.discardDeadLetters({ kind: "one", regionId: WEST, receiptId: "rec-2" });
    await deployment.stop(EAST);
    const again = await deployment.start(EAST, undefined, { store });
    expect(ids((await again.deadLetters()).letters)).toEqual(["rec-1"]);
    expect(ids((await again.deadLetters({ status: "discarded" })).letters)).toEqual(["rec-2"]);
  });
});

describe("a selection from JavaScript", () => {
  it.each<[option: string, selection: object, options?: object]>([
    ["kind", { all: true }],
    ["kind", { kind: "al" }],
    ["kind", { kind: "toString" }],
    ["region", { kind: "all", region: WEST }],
    ["letterKind", { kind: "all", letterKind: "poisn" }],
    ["receiptId", { kind: "one", regionId: WEST }],
    ["dryrun", { kind: "all" }, { dryrun: true }],
  ])("with a wrong %s selects nothing", async (option, selection, options) => {
    await buried(2);
    for (const act of ["discardDeadLetters", "replayDeadLetters"] as const) {
      const acting = manager[act](selection as { kind: "all" }, options);
      await expect(acting).rejects.toMatchObject({ kind: "invalid-options", option });
    }
    expect(await statuses()).toEqual(["open", "open"]);
  });
});
