import { answerPeer, ManagerClosedError, ReceiptSyncManager } from "@rsync/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, outliving, receipt, receipts, WEST } from "./loopback-deployment.ts";
import { DOWN, receiptIdsIn } from "./loopback-network.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

describe("close", () => {
  it("lets what is in flight finish, ends waits with what is known, keeps the rest, and leaves no timer", async () => {
    const store = outliving(deployment.freshStore(EAST));
    await deployment.start(WEST, [EAST]);
    const manager = await deployment.start(EAST, [WEST, EU], {
      store,
      config: { quorumThreshold: 3 },
      parts: { laneLimits: { batchReceiptsMax: 1 } },
    });
    await deployment.clock.settle();
    deployment.setWeather(WEST, { kind: "slow", delayMs: 2_000 });
    const calls = receipts(6).map((each) => manager.syncReceipt(each));
    await deployment.clock.settle();
    const closing = manager.close();
    expect(manager.close()).toBeInstanceOf(Promise);
    deployment.managers.delete(EAST);
    await deployment.clock.advance(2_000);
    await closing;
    expect((await Promise.all(calls)).map(({ outcome }) => outcome)).toEqual(new Array(6).fill("pending"));
    expect((await store.cursors()).find(({ regionId }) => regionId === WEST)?.position).toBe(4);
    expect((await store.cursors()).find(({ regionId }) => regionId === EU)?.position).toBe(0);
    await deployment.stop(WEST);
    expect(deployment.clock.timersPending()).toBe(0);
  });

  it("is the same close for everybody who calls it, and refuses everything afterwards", async () => {
    const manager = await deployment.startAll();
    deployment.managers.delete(EAST);
    await Promise.all([manager.close(), manager.close(), manager[Symbol.asyncDispose]()]);
    await manager.close();
    for (const call of [
      () => manager.syncReceipt(receipt(1)),
      () => manager.awaitQuorum("rec-1"),
      () => manager.inspect("rec-1"),
      () => manager.verifyQuorum("rec-1"),
      () => manager.getSyncStatus(),
      () => manager.getHealthStatus(),
      () => manager.acceptLoss(),
    ]) {
      await expect(call()).rejects.toBeInstanceOf(ManagerClosedError);
    }
  });

  it("ends with `await using`", async () => {
    const store = deployment.freshStore(EAST);
    {
      await using manager = await ReceiptSyncManager.create(
        deployment.config(EAST, [WEST]),
        deployment.parts(EAST, store),
      );
      await manager.syncReceipt(receipt(1), { waitFor: "none" });
    }
    await expect(store.count()).rejects.toMatchObject({ kind: "closed" });
  });

  it("gives up what does not end within the limit", async () => {
    const manager = await deployment.startAll();
    deployment.setWeather(WEST, { kind: "hang" });
    await manager.syncReceipt(receipt(1), { waitFor: "none" });
    deployment.managers.delete(EAST);
    const closing = manager.close({ drainMs: 200 });
    await deployment.clock.advance(200);
    await closing;
    expect(deployment.network.pushes(WEST)[0]?.call.signal.aborted).toBe(true);
  });

  it("ends also when the transport breaks its contract and never lets go", async () => {
    const manager = await deployment.startAll();
    deployment.setWeather(WEST, { kind: "neverSettles" });
    await manager.syncReceipt(receipt(1), { waitFor: "none" });
    deployment.managers.delete(EAST);
    const closing = manager.close();
    await deployment.clock.advance(5_999);
    expect((await deployment.store(EAST).count()).rows).toBe(1);
    await deployment.clock.advance(1);
    await closing;
    await expect(deployment.store(EAST).count()).rejects.toMatchObject({ kind: "closed" });
  });

  it("closes the store although the transport can not be closed", async () => {
    const store = deployment.freshStore(EAST);
    const parts = deployment.parts(EAST, store);
    const close = async (): Promise<void> => {
      throw new Error("stuck");
    };
    const transport = { ...parts.transport, close };
    const manager = await ReceiptSyncManager.create(deployment.config(EAST, [WEST]), { ...parts, transport });
    await expect(manager.close()).rejects.toThrow("stuck");
    await expect(store.count()).rejects.toMatchObject({ kind: "closed" });
  });

  it("finds a receipt that was being stored in the log of the next manager, and delivers it", async () => {
    const plain = deployment.freshStore(EAST);
    const gate = Promise.withResolvers<void>();
    const append: typeof plain.append = async (items) => {
      const results = await plain.append(items);
      await gate.promise;
      return results;
    };
    const store = outliving({ ...plain, append });
    const manager = await deployment.start(EAST, [WEST], { store });
    const storing = manager.syncReceipt(receipt(1));
    await deployment.stop(EAST);
    gate.resolve();
    expect(await storing).toMatchObject({ outcome: "pending", syncedRegions: 1 });
    await deployment.start(WEST);
    await deployment.start(EAST, [WEST], { store });
    await deployment.clock.settle();
    expect((await deployment.store(WEST).count()).rows).toBe(1);
  });

  it("answers other regions with 503 and no introduction once it is closed", async () => {
    const manager = await deployment.startAll();
    deployment.managers.delete(EAST);
    await manager.close();
    const request = { method: "GET", path: "/api/v1/region", header: () => undefined };
    const body = async () => ({ kind: "bytes", bytes: new Uint8Array() }) as const;
    const answer = await answerPeer(manager.receiver, { ...request, body }, deployment.clock.wallMs);
    expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
    expect(answer.headers).not.toHaveProperty("x-rsync-region");
  });
});

describe("create that fails", () => {
  it("leaves store and transport with the caller", async () => {
    const store = deployment.freshStore(EAST);
    const parts = deployment.parts(EAST, store);
    await expect(ReceiptSyncManager.create(deployment.config(EAST, [WEST], { maxRetries: 0 }), parts)).rejects.toThrow(
      "Max retries must be at least 1",
    );
    expect(await store.count()).toEqual({ rows: 0, own: 0 });
  });
});

describe("a restart", () => {
  it("takes delivery up at the durable cursor, and sends nothing twice that was acknowledged", async () => {
    const store = outliving(deployment.freshStore(EAST));
    await deployment.start(WEST);
    const first = await deployment.start(EAST, [WEST], { store });
    for (const each of receipts(20)) await first.syncReceipt(each);
    deployment.setWeather(WEST, DOWN);
    for (const each of receipts(5, 21)) await first.syncReceipt(each, { waitFor: "none" });
    await deployment.stop(EAST);
    deployment.clearWeather();
    deployment.setWeather(WEST, { kind: "fair" });
    const before = deployment.network.pushes(WEST).length;
    await deployment.start(EAST, [WEST], { store });
    await deployment.clock.advance(1_000);
    const sent = deployment.network.pushes(WEST).slice(before);
    expect(sent.flatMap(receiptIdsIn)).toEqual(receipts(5, 21).map(({ receiptId }) => receiptId));
    expect((await deployment.store(WEST).count()).rows).toBe(25);
  });
});
