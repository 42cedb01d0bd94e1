/** The part of `storeContract` about what is kept beside the log, who the store is, and closing it. */
import { judgeEcho, type StoreError } from "@rsync/core";
import { expect, it } from "vitest";
import { ownAppend as own } from "../sample-appends.ts";
import { all, type Current, type Reopen } from "./store-site.ts";

export function beside(current: Current, reopen: Reopen): void {
  it("keeps cursors per region and store, over a close", async () => {
    const cursors = [
      { regionId: "us", storeId: "one", position: 3 },
      { regionId: "us", storeId: "two", position: 9 },
    ];
    await current().saveCursors(cursors);
    await current().saveCursors([{ regionId: "us", storeId: "one", position: 4 }]);
    const expected = [{ regionId: "us", storeId: "one", position: 4 }, cursors[1]];
    expect(await current().cursors()).toEqual(expected);
    expect(await (await reopen()).cursors()).toEqual(expected);
  });

  it("remembers peers durably", async () => {
    const peer = {
      ...{ regionId: "us", reportedRegion: undefined, replaced: ["old"], acknowledgedSeedStyle: true },
      mark: { storeId: "s", epoch: "e", position: 4 },
    };
    await current().savePeers([{ ...peer, mark: undefined }]);
    await current().savePeers([peer]);
    expect(await (await reopen()).peers()).toEqual([peer]);
  });
}

export function identity(current: Current, reopen: Reopen): void {
  it("keeps its store id and begins an epoch with each opening", async () => {
    const first = current().introduction();
    await current().append([own("a")]);
    const store = await reopen();
    const second = store.introduction();
    expect(second).toEqual({
      ...first,
      store: { storeId: first.store.storeId, epoch: second.store.epoch, position: 1 },
    });
    expect(second.store.epoch).not.toBe(first.store.epoch);
    expect(store.epochs()).toEqual([
      { epoch: first.store.epoch, storeId: first.store.storeId, startPosition: 0 },
      { epoch: second.store.epoch, storeId: first.store.storeId, startPosition: 1 },
    ]);
    expect((await store.append([own("b")]))[0]).toMatchObject({ row: { record: { sourceSeq: 2 } } });
  });

  it("renews at most once per opening: new id, refilling, numbers from 1, rows as they were", async () => {
    const before = current().introduction();
    await current().append([own("a")]);
    await Promise.all([current().renew(), current().renew()]);
    const after = current().introduction();
    expect(after.refilling).toBe(true);
    expect(after.store.storeId).not.toBe(before.store.storeId);
    expect(
      current()
        .epochs()
        .map(({ storeId }) => storeId),
    ).toEqual([before.store.storeId, after.store.storeId]);
    const [result] = await current().append([own("b")]);
    expect(result).toMatchObject({ row: { record: { sourceStore: after.store.storeId, sourceSeq: 1 } } });
    expect((await current().get("a"))?.record).toMatchObject({ sourceStore: before.store.storeId, sourceSeq: 1 });
    expect(judgeEcho(current().introduction(), current().epochs(), before.store)).toBe("consistent");
    const store = await reopen();
    expect(store.introduction()).toMatchObject({ refilling: true, store: { storeId: after.store.storeId } });
    await store.renew();
    expect(store.introduction().store.storeId).not.toBe(after.store.storeId);
    expect(judgeEcho(store.introduction(), store.epochs(), after.store)).toBe("consistent");
  });

  it("gives appends before and after a renewal their own store ids, whichever commit they share", async () => {
    const [before, , after] = await Promise.all([
      current().append([own("a")]),
      current().renew(),
      current().append([own("b")]),
    ]);
    const rows = await current().list(all);
    expect([...before, ...after].map((result) => ("row" in result ? result.row : undefined))).toEqual(rows);
    expect(rows[0]?.record.sourceStore).not.toBe(rows[1]?.record.sourceStore);
  });

  it("refills until a loss is accepted, which is remembered until it is renewed", async () => {
    await current().startRefilling();
    expect(current().introduction().refilling).toBe(true);
    let store = await reopen();
    expect(store.introduction().refilling).toBe(true);
    await store.acceptLoss();
    await store.startRefilling();
    expect(store.introduction().refilling).toBe(false);
    store = await reopen();
    await store.startRefilling();
    expect(store.introduction().refilling).toBe(false);
    await store.renew();
    expect(store.introduction().refilling).toBe(true);
  });

  it("accepts no loss before there is one", async () => {
    await current().acceptLoss();
    await current().startRefilling();
    expect(current().introduction().refilling).toBe(true);
    expect((await reopen()).introduction().refilling).toBe(true);
  });

  it("begins an epoch when it stops voting, so that a copy from before is seen to be one", async () => {
    const [before, epochs] = [current().introduction(), [...current().epochs()]];
    await current().append([own("a")]);
    await current().startRefilling();
    const after = current().introduction();
    const { storeId, epoch } = after.store;
    expect(storeId).toBe(before.store.storeId);
    expect(current().epochs()).toEqual([...epochs, { epoch, storeId, startPosition: 1 }]);
    expect(judgeEcho(after, current().epochs(), { ...before.store, position: 1 })).toBe("consistent");
    expect(judgeEcho(before, epochs, { ...after.store, position: 0 })).toBe("rolledBack");
    await current().startRefilling();
    expect(current().introduction()).toEqual(after);
    const store = await reopen();
    expect(judgeEcho(store.introduction(), store.epochs(), after.store)).toBe("consistent");
    await store.acceptLoss();
    await store.startRefilling();
    expect(store.epochs()).toHaveLength(epochs.length + 2);
    await store.renew();
    expect(store.introduction().store.storeId).not.toBe(storeId);
  });

  it("takes a new store id under another region name", async () => {
    const before = current().introduction();
    await current().append([own("a")]);
    const store = await reopen("ap-south-1");
    const after = store.introduction();
    expect(after).toMatchObject({ regionId: "ap-south-1", refilling: false, store: { position: 1 } });
    expect(after.store.storeId).not.toBe(before.store.storeId);
    expect((await store.append([own("b")]))[0]).toMatchObject({
      row: { record: { sourceRegion: "ap-south-1", sourceSeq: 1, sourceStore: after.store.storeId } },
    });
    expect(await store.countOwnAfter(0)).toBe(2);
    expect(judgeEcho(after, store.epochs(), before.store)).toBe("consistent");
  });

  it("does not vote under another region name where it did not before", async () => {
    await current().startRefilling();
    const store = await reopen("ap-south-1");
    expect(store.introduction().refilling).toBe(true);
    await store.acceptLoss();
    expect((await reopen("eu-west-1")).introduction().refilling).toBe(false);
    await current().startRefilling();
    expect(current().introduction().refilling).toBe(true);
  });
}

export function closing(current: Current): void {
  it("finishes what was begun, then refuses everything as closed", async () => {
    const store = current();
    const begun = store.append([own("a")]);
    const closed = store.close();
    expect((await begun)[0]?.kind).toBe("stored");
    await closed;
    await store.close();
    const kindOf = (call: Promise<unknown>) =>
      call.then(
        () => "resolved",
        (error: StoreError) => error.kind,
      );
    const calls = [
      ...[store.append([own("b")]), store.get("a"), store.list(all), store.count(), store.countOwnAfter(0)],
      ...[store.conflicts({ limit: 1 }), store.cursors(), store.saveCursors([]), store.bury([])],
      ...[
        store.markDeadLetters([], "discarded", ""),
        store.deadLetters({ limit: 1 }),
        store.countDeadLetters("us", "one"),
      ],
      ...[store.peers(), store.savePeers([])],
      ...[store.renew(), store.startRefilling(), store.acceptLoss()],
    ];
    expect(new Set(await Promise.all(calls.map(kindOf)))).toEqual(new Set(["closed"]));
  });
}
