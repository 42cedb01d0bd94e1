/** What a sidecar prints: the seeds' lines with their level and wording, as JSON and as text. */
import { describe, expect, it } from "vitest";
import { call, receiptPath, submit } from "./app-client.ts";
import { deployment } from "./deployment.ts";
import { freePorts } from "./free-ports.ts";
import { receiptText } from "./receipt-text.ts";
import { regionStatus } from "./receipts.ts";
import { type SidecarProcess, spawnSidecar, startSidecar } from "./start-sidecar.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { until } from "./until.ts";

const folder = temporaryFolder();

function levelOf(sidecar: SidecarProcess, message: string): string | undefined {
  return sidecar.lines().find(({ msg }) => msg === message)?.level;
}

describe("the lines of the seeds", () => {
  it("are printed with their level, the receipt id and the region as fields", async () => {
    const regions = await deployment(folder, ["us-east-1", "us-west-1"], { log: { level: "debug" } });
    const [east, west] = await Promise.all(regions.regionIds.map(regions.start));
    if (east === undefined || west === undefined) throw new Error("a region is missing");
    await submit(east.app, receiptText("rec-123"));
    await call(east.app, `${receiptPath("rec-123")}/quorum`);
    await west.end("SIGKILL");
    await submit(east.app, receiptText("rec-456"));
    await east.line(/^Region us-west-1 marked as unavailable/);
    await regions.start("us-west-1");
    await east.line(/^Region us-west-1 marked as available/);
    await until(
      () => regionStatus(east.app, "us-west-1"),
      ({ missing }) => missing === 0,
    );
    const expected: ReadonlyArray<readonly [level: string, message: string]> = [
      ["info", "Multi-region receipt sync initialized"],
      ["info", "Starting receipt sync for rec-123 to 1 regions (quorum: 2)"],
      ["info", "Receipt rec-123 successfully synced to region: us-west-1"],
      ["debug", "Receipt rec-123 synced to region us-west-1 on attempt 1"],
      ["info", "Receipt rec-123 sync result: 2/2 regions synced, quorum=true"],
      ["debug", "Receipt rec-123 verified in region: us-west-1"],
      ["info", "Quorum verification for receipt rec-123: 2/2 confirmed"],
      ["warn", "Retrying receipt rec-456 sync to us-west-1 (attempt 1/3, backoff: 20ms)"],
      ["warn", "Retrying receipt rec-456 sync to us-west-1 (attempt 2/3, backoff: 40ms)"],
      ["debug", "Region us-west-1 sync failed (failure_count: 1)"],
      ["warn", "Region us-west-1 marked as unavailable (failure_count: 3)"],
      ["warn", "Max retries (3) exhausted for receipt rec-456 to us-west-1"],
      ["error", "Quorum consensus failed for receipt rec-456: 1/2 regions confirmed"],
      ["info", "Receipt rec-456 sync result: 1/2 regions synced, quorum=false"],
      ["info", "Region us-west-1 marked as available (failure_count reset to 0)"],
    ];
    expect(expected.map(([, message]) => [levelOf(east, message), message])).toEqual(expected);
    expect(await east.line(/^Receipt rec-123 successfully synced/)).toMatchObject({
      receiptId: "rec-123",
      region: "us-west-1",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
  });

  it("about single receipts are left out unless they are wanted, those about regions are not", async () => {
    const regions = await deployment(folder, ["quiet-1", "quiet-2"]);
    const sidecar = await regions.start("quiet-1");
    await submit(sidecar.app, receiptText("unheard"), "?timeout=5s");
    await sidecar.line(/^Region quiet-2 marked as unavailable/);
    expect(sidecar.lines().filter(({ msg }) => msg.includes("unheard"))).toEqual([]);
  });

  it("have the seeds' form as text, and the life of the process is told whatever the level", async () => {
    const ports = await freePorts(2);
    const environment = {
      RSYNC_REGION: "us-east-1",
      RSYNC_LOG_FORMAT: "text",
      RSYNC_LISTEN_APP: `127.0.0.1:${ports[0]}`,
      RSYNC_LISTEN_PEER: `127.0.0.1:${ports[1]}`,
      RSYNC_STORE: "memory:",
      RSYNC_LOG_RECEIPTS: "true",
      RSYNC_CROSS_REGION_SYNC_ENABLED: "true",
      RSYNC_REGIONS: JSON.stringify([{ regionId: "eu-west-1", endpoint: "http://127.0.0.1:1" }]),
    };
    // As text there is no line to read the addresses from, so both are known before.
    const app = `http://127.0.0.1:${ports[0]}`;
    const sidecar = spawnSidecar([], environment);
    await until(
      () => call(app, "/readyz").catch(() => undefined),
      (reply) => reply?.status === 200,
    );
    await submit(app, receiptText("rec-789"), "?wait=none");
    const { stdout, code } = await sidecar.end("SIGTERM");
    expect(code).toBe(0);
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ INFO: Receipt sidecar .* of region us-east-1: app on /);
    expect(lines).toContainEqual(
      expect.stringMatching(/Z INFO: Starting receipt sync for rec-789 to 1 regions \(quorum: 1\)$/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/Z WARN: The store is memory: /));
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`Z INFO: ready region=us-east-1 app=${app} peer=`)));
    expect(lines.at(-1)).toMatch(/Z INFO: stopped$/);

    const silent = await startSidecar([], { ...environment, RSYNC_LOG_FORMAT: "json", RSYNC_LOG_LEVEL: "error" });
    expect(silent.lines().map(({ msg }) => msg)).toEqual([expect.stringContaining("Receipt sidecar"), "ready"]);
  });

  it("warn at every start when the threshold is met without any other region", async () => {
    const environment = {
      RSYNC_LISTEN_APP: "127.0.0.1:0",
      RSYNC_LISTEN_PEER: "127.0.0.1:0",
      RSYNC_STORE: `sqlite:${folder.file("alone.db")}`,
      RSYNC_CROSS_REGION_SYNC_ENABLED: "true",
      RSYNC_REGIONS: JSON.stringify([{ regionId: "eu-west-1", endpoint: "http://127.0.0.1:1" }]),
    };
    for (let start = 1; start <= 2; start += 1) {
      const sidecar = await startSidecar([], environment);
      expect(sidecar.lines().filter(({ level }) => level === "warn").length).toBeGreaterThan(0);
      await sidecar.end("SIGTERM");
    }
  });
});
