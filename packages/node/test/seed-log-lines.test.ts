/** Every log line of the two seed documents, with level and exact wording. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAST, EU, LoopbackDeployment, receipt, WEST } from "./loopback-deployment.ts";
import { DOWN, FAIR, status } from "./loopback-network.ts";

let deployment: LoopbackDeployment;

beforeEach(() => {
  deployment = new LoopbackDeployment({ batches: false });
});

afterEach(() => deployment.close());

async function quietStart(config = {}) {
  const manager = await deployment.startAll(config);
  await deployment.clock.advance(2_000);
  deployment.clearLogs();
  return manager;
}

describe("seeds: log lines", () => {
  it("initialized", async () => {
    await deployment.start(EAST);
    expect(deployment.messages(EAST, "info")).toEqual(["Multi-region receipt sync initialized"]);
  });

  it("the quick reference's success case", async () => {
    const manager = await quietStart();
    await manager.syncReceipt(receipt(123), { waitFor: "all" });
    expect(deployment.messages(EAST, "info")).toEqual([
      "Starting receipt sync for rec-123 to 2 regions (quorum: 2)",
      "Receipt rec-123 successfully synced to region: us-west-1",
      "Receipt rec-123 successfully synced to region: eu-west-1",
      "Receipt rec-123 sync result: 3/3 regions synced, quorum=true",
    ]);
    expect(deployment.messages(EAST, "debug")).toEqual([
      "Receipt rec-123 synced to region us-west-1 on attempt 1",
      "Receipt rec-123 synced to region eu-west-1 on attempt 1",
    ]);
  });

  it("the quick reference's retry case", async () => {
    const manager = await quietStart();
    deployment.setWeather(WEST, status(503));
    const syncing = manager.syncReceipt(receipt(123), { waitFor: "all" });
    await deployment.clock.advance(2_000);
    deployment.setWeather(WEST, FAIR);
    await deployment.clock.advance(2_000);
    expect(await syncing).toMatchObject({ syncedRegions: 3 });
    expect(deployment.messages(EAST, "warn")).toEqual([
      "Retrying receipt rec-123 sync to us-west-1 (attempt 1/3, backoff: 1000ms)",
      "Retrying receipt rec-123 sync to us-west-1 (attempt 2/3, backoff: 2000ms)",
    ]);
    expect(deployment.messages(EAST, "info")).toContain(
      "Receipt rec-123 successfully synced to region: us-west-1 on attempt 3",
    );
    expect(deployment.messages(EAST, "debug")).toEqual([
      "Region us-west-1 sync failed (failure_count: 1)",
      "Receipt rec-123 synced to region eu-west-1 on attempt 1",
      "Region us-west-1 sync failed (failure_count: 2)",
      "Receipt rec-123 synced to region us-west-1 on attempt 3",
    ]);
  });

  it("the quick reference's failure case, to its end and back", async () => {
    const manager = await quietStart({ quorumThreshold: 3 });
    deployment.setWeather(WEST, DOWN);
    const syncing = manager.syncReceipt(receipt(123));
    await deployment.clock.advance(7_000);
    await syncing;
    const failure = "could not be reached (ECONNREFUSED): down";
    expect(deployment.messages(EAST, "warn")).toEqual([
      "Retrying receipt rec-123 sync to us-west-1 (attempt 1/3, backoff: 1000ms)",
      "Retrying receipt rec-123 sync to us-west-1 (attempt 2/3, backoff: 2000ms)",
      "Region us-west-1 marked as unavailable (failure_count: 3)",
      "Retrying receipt rec-123 sync to us-west-1 (attempt 3/3, backoff: 4000ms)",
      "Max retries (3) exhausted for receipt rec-123 to us-west-1",
    ]);
    expect(deployment.messages(EAST, "error")).toEqual([
      `Failed to sync receipt rec-123 to region us-west-1: ${failure}`,
      "Quorum consensus failed for receipt rec-123: 2/3 regions confirmed",
    ]);
    expect(deployment.messages(EAST, "info")).toContain(
      "Receipt rec-123 sync result: 2/3 regions synced, quorum=false",
    );
    deployment.setWeather(WEST, FAIR);
    await deployment.clock.advance(30_000);
    expect(deployment.messages(EAST, "info")).toContain(
      "Region us-west-1 marked as available (failure_count reset to 0)",
    );
  });

  it("a non-retryable error", async () => {
    const manager = await quietStart();
    deployment.setWeather(WEST, status(403));
    await manager.syncReceipt(receipt(123), { waitFor: "all" });
    expect(deployment.messages(EAST, "warn")).toEqual([
      "Non-retryable error syncing receipt rec-123 to us-west-1: answered 403",
    ]);
    expect(deployment.messages(EAST, "error")).toEqual([
      "Region us-west-1 paused until somebody mends it (probed every 30000ms): answered 403",
    ]);
  });

  it("a pause that follows an outage is announced as well, and each pause once", async () => {
    const manager = await quietStart();
    deployment.setWeather(WEST, DOWN);
    await manager.syncReceipt(receipt(123));
    await deployment.clock.advance(20_000);
    expect(await deployment.report(EAST, WEST)).toMatchObject({ health: "open" });
    deployment.setWeather(WEST, status(401));
    await deployment.clock.advance(200_000);
    const paused = deployment.messages(EAST, "error").filter((message) => message.includes("paused until"));
    expect(paused).toHaveLength(1);
  });

  it("verification", async () => {
    const manager = await quietStart();
    await manager.syncReceipt(receipt(123), { waitFor: "all" });
    deployment.setWeather(EU, DOWN);
    deployment.clearLogs();
    await manager.verifyQuorum("rec-123");
    expect(deployment.messages(EAST, "info")).toEqual(["Quorum verification for receipt rec-123: 2/3 confirmed"]);
    expect(deployment.messages(EAST, "debug")).toEqual([
      "Receipt rec-123 verified in region: us-east-1",
      "Receipt rec-123 verified in region: us-west-1",
    ]);
  });

  it("a task that panics", async () => {
    const manager = await quietStart();
    deployment.setWeather(WEST, { kind: "rejects" });
    await manager.syncReceipt(receipt(123));
    expect(deployment.messages(EAST, "error")).toEqual(["Sync task panicked: Error: the transport is broken"]);
    await manager.verifyQuorum("rec-123");
    expect(deployment.messages(EAST, "error").at(-1)).toBe(
      "Verification task panicked: Error: the transport is broken",
    );
  });

  it("who does not wait for a quorum is not told that there was none", async () => {
    const manager = await quietStart();
    deployment.setWeather(WEST, DOWN);
    deployment.setWeather(EU, DOWN);
    await manager.syncReceipt(receipt(123), { waitFor: "none" });
    expect(deployment.messages(EAST, "error")).toEqual([]);
  });

  it("a policy that is no number is still told as one", async () => {
    const manager = await quietStart({ quorum: "majority" });
    await manager.syncReceipt(receipt(123));
    expect(deployment.messages(EAST, "info")[0]).toBe("Starting receipt sync for rec-123 to 2 regions (quorum: 2)");
  });

  it("are not even made where nobody listens", async () => {
    await deployment.start(WEST, [EAST]);
    const quiet = { receiptLogger: undefined, logger: undefined };
    const manager = await deployment.start(EAST, [WEST], { parts: quiet });
    expect(await manager.syncReceipt(receipt(1))).toMatchObject({ outcome: "committed" });
    deployment.setWeather(WEST, status(403));
    await manager.syncReceipt(receipt(2));
    await manager.verifyQuorum("rec-1");
    expect(deployment.messages(EAST)).toEqual([]);
  });
});
