/** The part of `storeContract` about dead letters: kept once each, never deleted, found page by page (DESIGN §8). */
import type { Burial, DeadLetterKey, DeadLetterQuery, DeadLetterStatus } from "@rsync/core";
import { expect, it } from "vitest";
import { ownAppend as own } from "../sample-appends.ts";
import type { Current, Reopen } from "./store-site.ts";

const monday = "2025-11-17T12:00:00Z";
const tuesday = "2025-11-18T12:00:00Z";
const wednesday = "2025-11-19T12:00:00Z";

const burial: Burial = {
  regionId: "us-west-1",
  storeId: "far",
  receiptId: "a",
  digest: own("a").digest,
  committed: false,
  position: 5,
  kind: "refused",
  fault: { kind: "status", status: 422, problem: undefined, retryAfterMs: undefined, excerpt: "no" },
  attempts: 1,
  buriedAt: monday,
};
const later: Burial = {
  ...burial,
  kind: "poison",
  fault: { kind: "timeout", timeoutMs: 5_000 },
  attempts: 4,
  buriedAt: wednesday,
};
const open = { number: 1, firstBuriedAt: monday, status: "open", settledAt: undefined };

const of = (key: DeadLetterKey): DeadLetterKey => {
  const { regionId, storeId, receiptId, digest, committed } = key;
  return { regionId, storeId, receiptId, digest, committed };
};

export function deadLetters(current: Current, reopen: Reopen): void {
  const all = () => current().deadLetters({ limit: 100 });
  const mark = (status: DeadLetterStatus, at: string) => current().markDeadLetters([of(burial)], status, at);

  it("are kept with every field, over a close", async () => {
    await current().bury([burial]);
    expect(await all()).toEqual([{ ...burial, ...open }]);
    expect(await (await reopen()).deadLetters({ limit: 1 })).toEqual([{ ...burial, ...open }]);
  });

  it("are kept once for each region, store and state; burying again keeps number and first time", async () => {
    await current().bury([
      burial,
      { ...burial, storeId: "other" },
      { ...burial, regionId: "ap" },
      { ...burial, committed: true, position: 6 },
      { ...burial, digest: own("a", { content: 1 }).digest },
      { ...burial, receiptId: "b" },
    ]);
    await current().bury([later]);
    const letters = await all();
    expect(letters.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(letters[0]).toEqual({ ...later, ...open });
    expect(letters.slice(1).every(({ kind }) => kind === "refused")).toBe(true);
  });

  it("are resolved or discarded, with the time, and never deleted", async () => {
    await current().bury([burial, { ...burial, receiptId: "b" }, { ...burial, receiptId: "c" }]);
    await mark("resolved", tuesday);
    await current().markDeadLetters([of({ ...burial, receiptId: "b" })], "discarded", tuesday);
    await current().markDeadLetters([of({ ...burial, receiptId: "nobody buried it" })], "discarded", tuesday);
    const expected = [
      { receiptId: "a", status: "resolved", settledAt: tuesday, buriedAt: monday },
      { receiptId: "b", status: "discarded", settledAt: tuesday },
      { receiptId: "c", status: "open", settledAt: undefined },
    ];
    expect(await all()).toMatchObject(expected);
    expect(await (await reopen()).deadLetters({ limit: 100 })).toMatchObject(expected);
  });

  it("that are resolved stay so whoever discards or opens them: the region has the receipt", async () => {
    await current().bury([burial]);
    await mark("resolved", tuesday);
    for (const status of ["discarded", "open", "resolved"] as const) await mark(status, wednesday);
    expect(await all()).toMatchObject([{ status: "resolved", settledAt: tuesday }]);
  });

  it("that are discarded can be opened again, and resolved all the same; again is not later", async () => {
    await current().bury([burial]);
    await mark("discarded", tuesday);
    await mark("discarded", wednesday);
    expect(await all()).toMatchObject([{ status: "discarded", settledAt: tuesday }]);
    await mark("open", wednesday);
    expect(await all()).toEqual([{ ...burial, ...open }]);
    await mark("discarded", wednesday);
    await mark("resolved", wednesday);
    expect(await all()).toMatchObject([{ status: "resolved" }]);
  });

  it("that were resolved are open again when buried again, and discarded ones stay discarded", async () => {
    await current().bury([burial, { ...burial, receiptId: "b" }]);
    await mark("resolved", tuesday);
    await current().markDeadLetters([of({ ...burial, receiptId: "b" })], "discarded", tuesday);
    await current().bury([later, { ...later, receiptId: "b" }]);
    const expected = [
      { ...later, ...open },
      { ...later, ...open, receiptId: "b", number: 2, status: "discarded", settledAt: tuesday },
    ];
    expect(await all()).toEqual(expected);
    await mark("discarded", tuesday);
    await mark("open", tuesday);
    await current().bury([burial]);
    expect((await (await reopen()).deadLetters({ limit: 1 }))[0]).toEqual({ ...burial, ...open });
  });

  it("are found by region, store, id, kind and status, one with the other", async () => {
    await current().bury([
      burial,
      { ...burial, receiptId: "b", kind: "poison" },
      { ...burial, storeId: "other" },
      { ...burial, regionId: "ap", position: 2 },
    ]);
    await mark("discarded", tuesday);
    const numbers = async (query: Omit<DeadLetterQuery, "limit">) =>
      (await current().deadLetters({ ...query, limit: 100 })).map(({ number }) => number);
    expect(await numbers({ regionId: "us-west-1" })).toEqual([1, 2, 3]);
    expect(await numbers({ storeId: "far" })).toEqual([1, 2, 4]);
    expect(await numbers({ receiptId: "a" })).toEqual([1, 3, 4]);
    expect(await numbers({ kind: "poison" })).toEqual([2]);
    expect(await numbers({ status: "discarded" })).toEqual([1]);
    expect(await numbers({ regionId: "us-west-1", storeId: "far", status: "open" })).toEqual([2]);
    expect(await numbers({ regionId: "us-west-1", receiptId: "a", kind: "refused", status: "open" })).toEqual([3]);
    expect(await numbers({ regionId: "nowhere" })).toEqual([]);
  });

  it("are read page by page, oldest first, while others are buried", async () => {
    const numbered = (from: number, count: number): readonly Burial[] =>
      Array.from({ length: count }, (_, index) => ({ ...burial, receiptId: `r${from + index}`, position: 99 - index }));
    await current().bury(numbered(1, 5));
    const first = await current().deadLetters({ regionId: "us-west-1", status: "open", limit: 3 });
    await current().bury(numbered(6, 1));
    const query = { regionId: "us-west-1", status: "open", after: first.at(-1)?.number, limit: 3 } as const;
    const second = await current().deadLetters(query);
    const ids = [...first, ...second].map(({ receiptId }) => receiptId);
    expect(ids).toEqual(["r1", "r2", "r3", "r4", "r5", "r6"]);
    expect(await current().deadLetters({ ...query, after: 6 })).toEqual([]);
  });

  it("are counted by kind, the open ones of one store", async () => {
    expect(await current().countDeadLetters("us-west-1", "far")).toEqual({ refused: 0, poison: 0 });
    await current().bury([
      burial,
      { ...burial, receiptId: "b" },
      { ...burial, receiptId: "c", kind: "poison" },
      { ...burial, storeId: "other" },
      { ...burial, regionId: "ap" },
    ]);
    expect(await current().countDeadLetters("us-west-1", "far")).toEqual({ refused: 2, poison: 1 });
    await mark("discarded", tuesday);
    expect(await current().countDeadLetters("us-west-1", "far")).toEqual({ refused: 1, poison: 1 });
    expect(await (await reopen()).countDeadLetters("ap", "far")).toEqual({ refused: 1, poison: 0 });
  });
}
