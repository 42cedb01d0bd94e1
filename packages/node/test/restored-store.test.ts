import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteStore } from "@rsync/store-sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, receipts, WEST } from "./loopback-deployment.ts";

let deployment: LoopbackDeployment;
let folder: string;

beforeEach(async () => {
  deployment = new LoopbackDeployment();
  folder = await mkdtemp(join(tmpdir(), "rsync-node-"));
});

afterEach(async () => {
  await Promise.all([...deployment.managers.values()].map((manager) => manager.close({ drainMs: 0 })));
  await rm(folder, { recursive: true });
});

describe("a log that was restored from an older copy (DESIGN §9, Rollback)", () => {
  it("finds out from its peers, takes a new id, does not vote until the loss is accepted, and loses nothing it still has", async () => {
    const { clock } = deployment;
    const path = join(folder, "log.db");
    const open = () => sqliteStore(path, { regionId: EAST });
    await deployment.start(WEST);
    await deployment.start(EU);

    const first = await deployment.start(EAST, undefined, { store: await open() });
    await Promise.all(receipts(3).map((each) => first.syncReceipt(each, { waitFor: "all" })));
    await clock.advance(2_000);
    const before = first.introduction().store;
    await first.close();
    await cp(folder, `${folder}-copy`, { recursive: true });

    const second = await deployment.start(EAST, undefined, { store: await open() });
    await Promise.all(receipts(3, 4).map((each) => second.syncReceipt(each, { waitFor: "all" })));
    await clock.advance(2_000);
    await second.close();
    await rm(folder, { recursive: true });
    await cp(`${folder}-copy`, folder, { recursive: true });
    await rm(`${folder}-copy`, { recursive: true });

    const reasons: string[] = [];
    const restored = await deployment.start(EAST, undefined, { store: await open() });
    restored.on("refilling", ({ reason }) => reasons.push(reason));
    await clock.settleUntil(() => restored.introduction().refilling);
    await clock.settleUntil(() => reasons.length > 0);
    expect(reasons).toEqual(["rolledBack"]);
    expect(restored.introduction().store.storeId).not.toBe(before.storeId);
    expect(deployment.messages(EAST, "error").filter((line) => line.includes("older copy of itself"))).toHaveLength(1);

    const [mine] = receipts(1, 7);
    if (mine === undefined) throw new Error("no receipt");
    const alone = await restored.syncReceipt(mine, { quorum: "all" });
    expect(alone).toMatchObject({ outcome: "pending", syncedRegions: 2 });
    expect(alone.regions[0]).toMatchObject({ regionId: EAST, vote: "pending", error: { kind: "refilling" } });
    await restored.acceptLoss();
    expect(await restored.awaitQuorum("rec-7", { quorum: "all" })).toMatchObject({ outcome: "committed" });
    expect((await restored.get("rec-2"))?.record.sourceStore).toBe(before.storeId);
    expect((await restored.get("rec-7"))?.record.sourceStore).toBe(restored.introduction().store.storeId);
  });
});
