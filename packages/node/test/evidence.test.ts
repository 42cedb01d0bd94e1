/** I1: what counts as a vote, and what does not. */
import { hash } from "node:crypto";
import { canonicalText, formatIdentification, parseReceiptObject, type ReceiptInput } from "@rsync/core";
import { type PeerResponse, ReceiptSyncManager } from "@rsync/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, receipt, receipts, WEST } from "./loopback-deployment.ts";
import { DOWN, FAIR, type LoopbackRequest } from "./loopback-network.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment();
});

afterEach(() => deployment.close());

const MARK = { storeId: "west-store", epoch: "west-epoch", position: 7 };
const FROM_WEST = formatIdentification({
  from: { regionId: WEST, store: MARK, refilling: false },
  seen: undefined,
});

/** What an honest region would say, with some of it replaced. */
function reply(request: LoopbackRequest, fields: object, headers: Record<string, string> = FROM_WEST): PeerResponse {
  const { receipt_id, committed } = JSON.parse(request.body ?? "{}");
  const said = { status: "acknowledged", receipt_id, committed, durability: "fsync", ...fields };
  return { status: 200, headers, body: JSON.stringify(said) };
}

/** The digest of the one receipt that `syncTo` sends. */
function digestOf(input: ReceiptInput): string {
  const parsed = parseReceiptObject(input);
  if (parsed.kind === "invalid") throw new Error("not a receipt");
  return hash("sha256", canonicalText(parsed.receipt), "hex");
}

async function syncTo(answer: (request: LoopbackRequest, digest: string) => PeerResponse, config = {}) {
  const manager = await deployment.start(EAST, [WEST], { config: { timeout: "3s", ...config } });
  const digest = digestOf(receipt(1));
  const busy: PeerResponse = { status: 503, headers: {}, body: "" };
  deployment.setWeather(WEST, {
    kind: "says",
    answer: (request) => (request.method === "POST" ? answer(request, digest) : busy),
  });
  const syncing = manager.syncReceipt(receipt(1));
  await deployment.clock.advance(3_000);
  return { result: await syncing, report: await deployment.report(EAST, WEST) };
}

describe("an acknowledgement", () => {
  it("with everything in order is a vote", async () => {
    const { result } = await syncTo((request, digest) => reply(request, { digest }));
    expect(result).toMatchObject({ outcome: "committed", regions: [{}, { vote: "confirmed", durability: "fsync" }] });
  });

  it.each([
    ["names another receipt", { receipt_id: "rec-other" }],
    ["names another digest", { digest: "0".repeat(64) }],
    ["names no digest", { digest: undefined }],
    ["says committed false of a true one", { committed: false }],
    ["says nothing of committed", { committed: undefined }],
    ["says nothing of durability", { durability: undefined }],
  ])("that %s is none, and is tried again", async (_, fields) => {
    const { result, report } = await syncTo((request, digest) => reply(request, { digest, ...fields }));
    expect(result).toMatchObject({ outcome: "pending", syncedRegions: 1 });
    expect(result.errors).toEqual([[WEST, expect.objectContaining({ kind: "mismatch" })]]);
    expect(report).toMatchObject({ health: "backingOff", missing: 1 });
  });

  it.each([
    ["from another region", { regionId: EU, store: MARK }],
    ["from this very region", { regionId: EAST, store: MARK }],
  ])("%s is none, and pauses the lane", async (_, who) => {
    const headers = formatIdentification({ from: { ...who, refilling: false }, seen: undefined });
    const { result, report } = await syncTo((request, digest) => reply(request, { digest }, headers));
    expect(result).toMatchObject({ outcome: "pending", syncedRegions: 1 });
    expect(report).toMatchObject({ health: "paused", trouble: expect.stringContaining("region") });
  });

  it("from a refilling store delivers and does not vote", async () => {
    const headers = { ...FROM_WEST, "x-rsync-refilling": "1" };
    const { result, report } = await syncTo((request, digest) => reply(request, { digest }, headers));
    expect(result).toMatchObject({ outcome: "pending", errors: [[WEST, { kind: "refilling" }]] });
    expect(report).toMatchObject({ missing: 0, refilling: true });
  });

  it("from a store that only keeps memory delivers and does not vote where durability is required", async () => {
    const { result, report } = await syncTo((request, digest) => reply(request, { digest, durability: "memory" }), {
      requireDurable: true,
    });
    expect(result).toMatchObject({ outcome: "pending", syncedRegions: 0 });
    expect(result.errors.map(([region, { kind }]) => [region, kind])).toEqual([
      [EAST, "notDurable"],
      [WEST, "notDurable"],
    ]);
    expect(report.missing).toBe(0);
  });

  it("in the seeds' form votes from a region that never sent our headers, unproven, and not where `strict`", async () => {
    const seedStyle = (request: LoopbackRequest): PeerResponse => {
      const { receipt_id } = JSON.parse(request.body ?? "{}");
      return { status: 200, headers: {}, body: JSON.stringify({ status: "acknowledged", receipt_id }) };
    };
    const auto = await syncTo(seedStyle);
    expect(auto.result).toMatchObject({ outcome: "committed", regions: [{}, { durability: "unproven" }] });
    expect(auto.report).toMatchObject({ unproven: true });
    await deployment.stop(EAST);
    deployment.setWeather(WEST, FAIR);
    const regions = [{ regionId: WEST, endpoint: `http://${WEST}.example`, protocol: "strict" as const }];
    const strict = await syncTo(seedStyle, { regions });
    expect(strict.result).toMatchObject({ outcome: "pending", syncedRegions: 1 });
    expect(strict.report).toMatchObject({ health: "paused", missing: 1 });
  });

  it("in the seeds' form is none from a region that has sent our headers", async () => {
    let answers = 0;
    const { result } = await syncTo((request, digest) => {
      answers += 1;
      return answers === 1 ? reply(request, { digest: "0".repeat(64) }) : reply(request, { digest }, {});
    });
    expect(answers).toBeGreaterThan(1);
    expect(result).toMatchObject({ outcome: "pending", syncedRegions: 1 });
  });
});

describe("regions that are not what they seem", () => {
  it("two configured regions that are the same store vote once", async () => {
    await deployment.start(WEST, [EAST]);
    const regions = ["west-a", "west-b"].map((regionId) => ({
      regionId,
      endpoint: `http://${WEST}.${regionId}.example`,
    }));
    const legacy = {
      region: EAST,
      crossRegionSyncEnabled: true,
      receiptSyncEndpoints: regions.map(({ endpoint }) => endpoint),
      quorumThreshold: 3,
    };
    const manager = await deployment.start(EAST, [], { config: { regions, quorumThreshold: 3 } });
    expect(await manager.syncReceipt(receipt(1))).toMatchObject({ outcome: "pending", syncedRegions: 1 });
    await deployment.stop(EAST);
    const parts = deployment.parts(EAST, deployment.freshStore(EAST));
    await using alias = await ReceiptSyncManager.fromRegionConfig(legacy, parts);
    expect(await alias.syncReceipt(receipt(2))).toMatchObject({ outcome: "pending", totalRegions: 3 });
    const health = (await alias.getSyncStatus()).map((report) => [report.health, report.reportedRegion]);
    expect(health).toEqual([
      ["healthy", WEST],
      ["paused", undefined],
    ]);
    deployment.managers.set(EAST, alias);
  });

  it("a region that is configured by its own name is none", async () => {
    const manager = await deployment.start(EAST, [], {
      config: { regions: [{ regionId: WEST, endpoint: `http://${EAST}.example` }] },
    });
    expect(await manager.syncReceipt(receipt(1))).toMatchObject({ outcome: "pending", syncedRegions: 1 });
    expect(await deployment.report(EAST, WEST)).toMatchObject({ health: "paused" });
  });

  it("another quorum policy is warned about once per meeting, and shown; not where ids are aliases", async () => {
    const manager = await deployment.start(EAST);
    await deployment.start(WEST, undefined, { config: { quorumThreshold: 3 } });
    await deployment.start(EU);
    await deployment.clock.advance(2_000);
    const warned = deployment.messages(EAST, "warn").filter((message) => message.includes("another quorum policy"));
    expect(warned).toHaveLength(1);
    expect((await manager.getSyncStatus()).map(({ samePolicy }) => samePolicy)).toEqual([false, true]);
    deployment.clearLogs();
    await deployment.stop(EAST);
    const parts = deployment.parts(EAST, deployment.freshStore(EAST));
    const endpoints = [WEST, EU].map((region) => `http://${region}.example`);
    const legacy = { region: EAST, crossRegionSyncEnabled: true, receiptSyncEndpoints: endpoints, quorumThreshold: 2 };
    const alias = await ReceiptSyncManager.fromRegionConfig(legacy, parts);
    deployment.managers.set(EAST, alias);
    await deployment.clock.advance(2_000);
    expect((await alias.getSyncStatus()).map(({ samePolicy }) => samePolicy)).toEqual([undefined, undefined]);
    expect(deployment.messages(EAST, "warn").join()).not.toContain("another quorum policy");
  });
});

describe("policies", () => {
  const endpoint = (regionId: string) => ({ regionId, endpoint: `http://${regionId}.example` });

  it("an observer gets every receipt and never votes", async () => {
    const regions = [{ ...endpoint(WEST), weight: 0 }, endpoint(EU)];
    const manager = await deployment.start(EAST, [], { config: { regions } });
    await deployment.start(WEST);
    await deployment.start(EU);
    deployment.setWeather(EU, DOWN);
    const syncing = manager.syncReceipt(receipt(1));
    await deployment.clock.advance(10_000);
    expect(await syncing).toMatchObject({ outcome: "pending", syncedRegions: 2 });
    deployment.setWeather(EU, FAIR);
    deployment.setWeather(WEST, DOWN);
    await deployment.clock.advance(30_000);
    expect(await manager.syncReceipt(receipt(2))).toMatchObject({ outcome: "committed", syncedRegions: 2 });
  });

  it("weights count, not heads", async () => {
    const regions = [{ ...endpoint(WEST), weight: 3 }, endpoint(EU)];
    const manager = await deployment.start(EAST, [], { config: { regions, quorumThreshold: 4 } });
    await deployment.start(WEST);
    await deployment.start(EU);
    deployment.setWeather(WEST, DOWN);
    const without = manager.syncReceipt(receipt(1));
    await deployment.clock.advance(10_000);
    expect(await without).toMatchObject({ outcome: "pending", syncedRegions: 2 });
    deployment.setWeather(WEST, FAIR);
    deployment.setWeather(EU, DOWN);
    await deployment.clock.advance(10_000);
    expect(await manager.awaitQuorum("rec-1")).toMatchObject({ outcome: "committed" });
  });

  it("a per-call quorum must hold beside the configured one, and is not stored", async () => {
    const manager = await deployment.startAll();
    deployment.setWeather(EU, DOWN);
    const strict = manager.syncReceipt(receipt(1), { quorum: "all" });
    await deployment.clock.advance(10_000);
    expect(await strict).toMatchObject({ outcome: "pending", syncedRegions: 2 });
    expect(await manager.awaitQuorum("rec-1")).toMatchObject({ outcome: "committed" });
    expect(await manager.syncReceipt(receipt(2), { quorum: 1 })).toMatchObject({
      outcome: "committed",
      syncedRegions: 2,
    });
    await expect(manager.syncReceipt(receipt(3), { quorum: 9 })).rejects.toMatchObject({ option: "quorum" });
    expect((await deployment.store(EAST).count()).rows).toBe(2);
  });

  it.each([
    ["waitFor", { waitFor: "some" as "all" }],
    ["timeout", { timeout: "soon" }],
    ["quorum", { quorum: { threshold: 1, of: [{ region: "nowhere" }] } }],
    ["waitfor", { waitfor: "all" } as object],
  ])("a wrong %s is refused before anything is stored", async (option, options) => {
    const manager = await deployment.startAll();
    await expect(manager.syncReceipt(receipt(1), options)).rejects.toMatchObject({ kind: "invalid-options", option });
    await expect(manager.syncReceipts([receipt(1)], options)).rejects.toMatchObject({ option });
    await expect(manager.awaitQuorum("rec-1", options)).rejects.toMatchObject({ option });
    expect((await deployment.store(EAST).count()).rows).toBe(0);
  });

  it("an unknown option of a question is refused", async () => {
    const manager = await deployment.startAll();
    const misspelt = { comitted: true } as object;
    await expect(manager.verifyQuorum("rec-1", misspelt)).rejects.toMatchObject({ option: "comitted" });
    await expect(manager.inspect("rec-1", misspelt)).rejects.toMatchObject({ option: "comitted" });
  });

  it("an invalid receipt is refused with every bad field", async () => {
    const manager = await deployment.startAll();
    const wrong = receipt(1, { receiptId: "", ticks: -1, spanId: 2n ** 64n });
    await expect(manager.syncReceipt(wrong)).rejects.toMatchObject({
      kind: "invalid-receipt",
      problems: [{ field: "receiptId" }, { field: "ticks" }, { field: "spanId" }],
    });
  });

  it("lower priority numbers are sent to first", async () => {
    const regions = [
      { ...endpoint(WEST), priority: 2 },
      { ...endpoint(EU), priority: 1 },
    ];
    const manager = await deployment.start(EAST, [], { config: { regions } });
    for (const each of receipts(2)) await manager.syncReceipt(each, { waitFor: "none" });
    expect(
      deployment.network.requests
        .filter(({ method }) => method === "POST")
        .map(({ to }) => to)
        .slice(0, 2),
    ).toEqual([EU, WEST]);
  });
});
