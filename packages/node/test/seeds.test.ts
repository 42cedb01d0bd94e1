/** Every behaviour of the two seed documents that a manager shows, by name; the log lines are in seed-log-lines.test.ts. */
import { ConfigError, type ConfigInput, MultiRegionConfig, RemoteRegion } from "@rsync/core";
import { ReceiptSyncManager } from "@rsync/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, REGIONS, receipt, WEST } from "./loopback-deployment.ts";
import { DOWN, FAIR, status, type Weather } from "./loopback-network.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment({ batches: false });
});

afterEach(() => deployment.close());

const OFF = { crossRegionSyncEnabled: false, regions: [], quorumThreshold: 1 };

describe("seeds: manager creation", () => {
  it("with a valid config, from the builder", async () => {
    const config = MultiRegionConfig.create(EAST)
      .addRegion(RemoteRegion.create(WEST, `http://${WEST}.example`).withTimeout("10s").withWeight(2))
      .addRegion(RemoteRegion.create(EU, `http://${EU}.example`))
      .withCrossRegionSync(true)
      .withQuorumThreshold(2)
      .withMaxRetries(3)
      .withRetryBackoff("1s");
    const parts = deployment.parts(EAST, deployment.freshStore(EAST));
    await using manager = await ReceiptSyncManager.create(config, parts);
    expect(manager.config.regions).toMatchObject([
      { timeoutMs: 10_000, weight: 2 },
      { timeoutMs: 5_000, weight: 1 },
    ]);
    await manager.reconfigure(config.withMaxRetries(5));
    expect(manager.config.maxRetries).toBe(5);
  });

  const invalid: readonly (readonly [string, Partial<ConfigInput>])[] = [
    ["Region identifier cannot be empty", { region: "" }],
    ["Cross-region sync enabled but no remote regions configured", { regions: [], quorumThreshold: 1 }],
    ["Region ID cannot be empty", { regions: [{ regionId: "", endpoint: "http://a.example" }] }],
    [`Endpoint cannot be empty for region ${WEST}`, { regions: [{ regionId: WEST, endpoint: "" }] }],
    [
      `Timeout must be > 0 for region ${WEST}`,
      { regions: [{ regionId: WEST, endpoint: "http://a.example", timeout: 0 }] },
    ],
    ["Quorum threshold must be at least 1", { quorumThreshold: 0 }],
    ["Quorum threshold 4 exceeds total regions 3", { quorumThreshold: 4 }],
    ["Max retries must be at least 1", { maxRetries: 0 }],
  ];
  it.each(invalid)("with an invalid config: %s", async (message, config) => {
    const parts = deployment.parts(EAST, deployment.freshStore(EAST));
    const creating = ReceiptSyncManager.create(deployment.config(EAST, [WEST, EU], config), parts);
    await expect(creating).rejects.toBeInstanceOf(ConfigError);
    await expect(creating).rejects.toThrow(message);
  });

  it("from the legacy RegionConfig, in both spellings", async () => {
    for (const legacy of [
      {
        region: EAST,
        crossRegionSyncEnabled: true,
        receiptSyncEndpoints: ["http://replica-west.example.com", "http://10.0.0.1:7401"],
        quorumThreshold: 2,
      },
      {
        region: EAST,
        cross_region_sync_enabled: true,
        receipt_sync_endpoints: ["http://replica-west.example.com", "http://10.0.0.1:7401"],
        quorum_threshold: 2,
      },
    ]) {
      const parts = deployment.parts(EAST, deployment.freshStore(EAST));
      await using manager = await ReceiptSyncManager.fromRegionConfig(legacy, parts);
      expect(manager.config.regions).toMatchObject([
        { regionId: "replica-west", timeoutMs: 5_000, weight: 1, alias: true },
        { regionId: "10.0.0.1:7401", timeoutMs: 5_000, weight: 1, alias: true },
      ]);
    }
  });

  it("is_primary(): true when no primary is set or this is the one", async () => {
    const primary = async (primaryRegion: string | undefined): Promise<boolean> => {
      const manager = await deployment.start(EAST, [], { config: { ...OFF, primaryRegion } });
      return manager.isPrimary();
    };
    expect([await primary(undefined), await primary(EAST), await primary(EU)]).toEqual([true, true, false]);
  });
});

describe("seeds: sync disabled", () => {
  it("sync_receipt returns OK with 0 of 0 regions, and the receipt is kept", async () => {
    const manager = await deployment.start(EAST, [], { config: OFF });
    expect(await manager.syncReceipt(receipt(123))).toEqual({
      receiptId: "rec-123",
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      committed: true,
      outcome: "disabled",
      quorumAchieved: false,
      syncedRegions: 0,
      totalRegions: 0,
      errors: [],
      regions: [],
      policyDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await manager.awaitQuorum("rec-123")).toMatchObject({ outcome: "disabled", totalRegions: 0 });
    expect(await deployment.store(EAST).count()).toEqual({ rows: 1, own: 1 });
    expect(deployment.network.requests).toEqual([]);
  });

  it("verify_quorum is true, status is empty, health is 0 of 0", async () => {
    const manager = await deployment.start(EAST, [], { config: OFF });
    expect(await manager.verifyQuorum("never-seen")).toBe(true);
    expect(await manager.getSyncStatus()).toEqual([]);
    expect(await manager.getHealthStatus()).toEqual([0, 0, true]);
  });
});

describe("seeds: sync_receipt", () => {
  it("includes the current region in the confirmation count", async () => {
    const manager = await deployment.startAll();
    const result = await manager.syncReceipt(receipt(123), { waitFor: "all" });
    expect(result).toMatchObject({ quorumAchieved: true, syncedRegions: 3, totalRegions: 3, errors: [] });
  });

  it("sends one POST with the seeds' fields and the real source region", async () => {
    const manager = await deployment.startAll();
    await manager.syncReceipt(receipt(123));
    const [push] = deployment.network.pushes(WEST);
    expect(push).toMatchObject({ path: "/receipt-sync", call: { to: { endpoint: `http://${WEST}.example` } } });
    expect(JSON.parse(push?.body ?? "")).toMatchObject({
      receipt_id: "rec-123",
      transaction_id: "tx-123",
      hash: "01020304",
      ticks: 42,
      span_id: 789,
      committed: true,
      timestamp: "2025-11-16T12:00:00.000Z",
      source_region: EAST,
    });
  });

  it("quorum errors are returned as a result, not thrown", async () => {
    const manager = await deployment.startAll();
    deployment.setWeather(WEST, DOWN);
    deployment.setWeather(EU, DOWN);
    const syncing = manager.syncReceipt(receipt(123));
    await deployment.clock.advance(10_000);
    const result = await syncing;
    expect(result).toMatchObject({ quorumAchieved: false, syncedRegions: 1, totalRegions: 3 });
    expect(result.errors.map(([region, { kind }]) => [region, kind])).toEqual([
      [WEST, "unreachable"],
      [EU, "unreachable"],
    ]);
  });
});

describe("seeds: retries", () => {
  it("attempt 1 immediately, then after 1 s, 2 s, 4 s, 4 s; max_retries 3 makes 4 attempts for a call", async () => {
    const manager = await deployment.start(EAST, [WEST], { config: { maxRetries: 8 } });
    deployment.setWeather(WEST, DOWN);
    const syncing = manager.syncReceipt(receipt(123), { timeout: "1m" });
    await deployment.clock.advance(20_000);
    expect(deployment.network.pushes(WEST).map(({ atMs }) => atMs)).toEqual([
      0, 1_000, 3_000, 7_000, 11_000, 15_000, 19_000,
    ]);
    await deployment.clock.advance(40_000);
    expect(await syncing).toMatchObject({ outcome: "pending" });
  });

  it("a call with the defaults waits for 4 attempts, 7 s, and not for the fifth", async () => {
    const manager = await deployment.start(EAST, [WEST]);
    deployment.setWeather(WEST, DOWN);
    const syncing = manager.syncReceipt(receipt(123));
    await deployment.clock.advance(7_000);
    expect(await syncing).toMatchObject({ outcome: "pending", regions: [{}, { regionId: WEST, attempts: 4 }] });
  });

  const transient: readonly Weather[] = [
    DOWN,
    { kind: "fault", fault: { kind: "broken", code: "ECONNRESET", detail: "reset" } },
    { kind: "fault", fault: { kind: "timeout", timeoutMs: 5_000 } },
    ...[408, 425, 429, 500, 502, 503, 504, 507].map((code) => status(code)),
  ];
  it.each(transient)("retryable: %j", async (weather) => {
    const manager = await deployment.startAll({ quorumThreshold: 3 });
    deployment.setWeather(WEST, weather);
    const syncing = manager.syncReceipt(receipt(123));
    await deployment.clock.advance(500);
    deployment.setWeather(WEST, FAIR);
    await deployment.clock.advance(500);
    expect(await syncing).toMatchObject({ outcome: "committed", errors: [] });
    expect(deployment.network.pushes(WEST).map(({ atMs }) => atMs)).toEqual([0, 1_000]);
  });

  it.each([401, 403, 404, 405, 307])(
    "non-retryable: %i ends the call's patience at once, and is probed slowly",
    async (code) => {
      const manager = await deployment.startAll({ quorumThreshold: 3 });
      deployment.setWeather(WEST, status(code));
      const result = await manager.syncReceipt(receipt(123));
      expect(result).toMatchObject({ outcome: "pending", syncedRegions: 2 });
      expect(result.errors).toEqual([[WEST, { kind: "status", status: code, message: `answered ${code}` }]]);
      expect(await deployment.report(EAST, WEST)).toMatchObject({ health: "paused", trouble: `answered ${code}` });
      await deployment.clock.advance(60_000);
      expect(deployment.network.pushes(WEST).map(({ atMs }) => atMs)).toEqual([0, 30_000, 60_000]);
      deployment.setWeather(WEST, FAIR);
      await deployment.clock.advance(30_000);
      expect((await deployment.report(EAST, WEST)).missing).toBe(0);
    },
  );

  it("a transport that gives up by itself is retried like any other failure, not in a storm", async () => {
    const manager = await deployment.start(EAST, [WEST]);
    deployment.setWeather(WEST, { kind: "fault", fault: { kind: "aborted" } });
    const syncing = manager.syncReceipt(receipt(123));
    await deployment.clock.advance(7_000);
    expect(await syncing).toMatchObject({ outcome: "pending" });
    expect(deployment.network.pushes(WEST).map(({ atMs }) => atMs)).toEqual([0, 1_000, 3_000, 7_000]);
  });

  it("a timeout longer than the call's: the call ends, delivery goes on", async () => {
    const manager = await deployment.start(EAST, [WEST]);
    await deployment.start(WEST, [EAST]);
    deployment.setWeather(WEST, { kind: "slow", delayMs: 3_000 });
    const syncing = manager.syncReceipt(receipt(123), { timeout: 500 });
    await deployment.clock.advance(500);
    expect(await syncing).toMatchObject({ outcome: "pending" });
    await deployment.clock.advance(3_000);
    expect((await deployment.report(EAST, WEST)).missing).toBe(0);
  });
});

describe("seeds: get_sync_status and get_health_status", () => {
  it("start as available, with no failures and no last sync", async () => {
    const manager = await deployment.start(EAST, [WEST, EU]);
    expect(await manager.getSyncStatus()).toMatchObject([
      { regionId: WEST, lastSyncTimestamp: undefined, isAvailable: true, failureCount: 0 },
      { regionId: EU, lastSyncTimestamp: undefined, isAvailable: true, failureCount: 0 },
    ]);
    expect(await manager.getHealthStatus()).toEqual([2, 2, true]);
  });

  it("count failures, and mark a region unavailable after 3; the first success resets and stamps Unix seconds", async () => {
    const manager = await deployment.startAll();
    deployment.setWeather(WEST, DOWN);
    await manager.syncReceipt(receipt(123));
    const counts: unknown[] = [];
    for (const [waitMs, label] of [
      [0, 1],
      [1_000, 2],
      [2_000, 3],
    ] as const) {
      await deployment.clock.advance(waitMs);
      const { failureCount, isAvailable } = await deployment.report(EAST, WEST);
      counts.push([label, failureCount, isAvailable]);
    }
    expect(counts).toEqual([
      [1, 1, true],
      [2, 2, true],
      [3, 3, false],
    ]);
    expect(await manager.getHealthStatus()).toEqual([1, 2, true]);
    deployment.setWeather(WEST, FAIR);
    await deployment.clock.advance(4_000);
    expect(await deployment.report(EAST, WEST)).toMatchObject({
      failureCount: 0,
      isAvailable: true,
      lastSyncTimestamp: Math.floor(deployment.clock.wallMs() / 1_000),
    });
    expect(await manager.getHealthStatus()).toEqual([2, 2, true]);
  });

  it("health counts weights: available + local >= threshold", async () => {
    const regions = [WEST, EU].map((regionId, index) => ({
      regionId,
      endpoint: `http://${regionId}.example`,
      weight: 2 - 2 * index,
    }));
    const manager = await deployment.start(EAST, [], { config: { regions, quorumThreshold: 3 } });
    await manager.syncReceipt(receipt(1), { waitFor: "none" });
    await deployment.clock.advance(10_000);
    expect(await manager.getHealthStatus()).toEqual([0, 2, false]);
  });
});

describe("seeds: verify_quorum", () => {
  it("counts who holds it, whoever fails to answer", async () => {
    const manager = await deployment.startAll();
    await manager.syncReceipt(receipt(123), { waitFor: "all" });
    deployment.setWeather(EU, DOWN);
    expect(await manager.verifyQuorum("rec-123")).toBe(true);
    deployment.setWeather(WEST, { kind: "rejects" });
    expect(await manager.verifyQuorum("rec-123")).toBe(false);
    expect(deployment.messages(EAST, "error")).toContain("Verification task panicked: Error: the transport is broken");
  });

  it("is false for a receipt that nobody holds", async () => {
    const manager = await deployment.startAll();
    expect(await manager.verifyQuorum("never-seen")).toBe(false);
    const { regions } = await manager.inspect("never-seen");
    expect(regions.map(({ regionId, finding }) => [regionId, finding])).toEqual(REGIONS.map((id) => [id, "absent"]));
  });
});
