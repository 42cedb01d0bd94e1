/** What a manager is made of is looked at before anything is begun with it. */
import { type ManagerParts, ReceiptSyncManager } from "@rsync/node";
import { afterEach, beforeEach, expect, it } from "vitest";
import { EAST, LoopbackDeployment, receipt, WEST } from "./loopback-deployment.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

const create = (parts: Partial<ManagerParts>): Promise<ReceiptSyncManager> => {
  const given = { ...deployment.parts(EAST, deployment.freshStore(EAST)), ...parts };
  return ReceiptSyncManager.create(deployment.config(EAST, [WEST]), given as ManagerParts);
};

it.each<[option: string, parts: Partial<Record<keyof ManagerParts, unknown>>]>([
  ["store", { store: undefined }],
  ["laneLimits.windowMax", { laneLimits: { windowMax: -3 } }],
  ["laneLimits.batchReceiptsMax", { laneLimits: { batchReceiptsMax: Number.NaN } }],
  ["laneLimits.cooldownMaxMs", { laneLimits: { cooldownMaxMs: "5s" } }],
  ["intakeLimits.receiptsMax", { intakeLimits: { receiptsMax: -1 } }],
  ["intakeLimits.whenFull", { intakeLimits: { whenFull: "drop" } }],
])("names %s where it can not be", async (option, parts) => {
  await expect(create(parts as Partial<ManagerParts>)).rejects.toMatchObject({ kind: "invalid-options", option });
});

it("names the store where there is nothing at all", async () => {
  const created = ReceiptSyncManager.create(deployment.config(EAST, [WEST]), undefined as unknown as ManagerParts);
  await expect(created).rejects.toMatchObject({ kind: "invalid-options", option: "store" });
});

it("does not vote with the log of another region", async () => {
  const store = deployment.freshStore(WEST);
  await expect(create({ store })).rejects.toThrow(`store: is the log of region ${WEST}, not of ${EAST}`);
});

it("warns where the own vote can never count", async () => {
  await deployment.start(EAST, [WEST], { config: { requireDurable: true } });
  expect(deployment.messages(EAST, "warn").join()).toContain("this region's own vote never counts");
});

it("takes a limit that is undefined for one that is left out", async () => {
  await deployment.start(WEST);
  const laneLimits = { windowMax: undefined, batchReceiptsMax: undefined, readRowsMax: undefined };
  const intakeLimits = { receiptsMax: undefined };
  const parts = { laneLimits, intakeLimits } as unknown as Partial<ManagerParts>;
  const manager = await deployment.start(EAST, [WEST], { parts });
  expect(await manager.syncReceipt(receipt(1))).toMatchObject({ outcome: "committed" });
});
