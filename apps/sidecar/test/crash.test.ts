/** What was acknowledged survives whatever happens to the process and its files. */
import { cpSync, existsSync, rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { call, submit } from "./app-client.ts";
import { type Deployment, deployment } from "./deployment.ts";
import { receiptText } from "./receipt-text.ts";
import { heldIds, regionStatus, submitMany } from "./receipts.ts";
import { type SidecarProcess, startSidecar } from "./start-sidecar.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { until } from "./until.ts";

const folder = temporaryFolder();

/** Callers that submit one receipt after the other until the sidecar is gone; returns what was acknowledged to them. */
async function submitUntilGone(app: string, callers: number): Promise<ReadonlySet<string>> {
  const acknowledged = new Set<string>();
  const run = async (caller: number): Promise<void> => {
    for (let number = 1; ; number += 1) {
      const id = `load-${caller}-${number}`;
      const reply = await submit(app, receiptText(id)).catch(() => undefined);
      if (reply === undefined) return;
      if (reply.status === 200) acknowledged.add(id);
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => run(caller)));
  return acknowledged;
}

const logSuffixes = ["", "-wal", "-shm"];

/** After a clean end only the first file is left. */
function copyLog(from: string, to: string): void {
  for (const suffix of logSuffixes) if (existsSync(from + suffix)) cpSync(from + suffix, to + suffix);
}

function removeLog(store: string): void {
  for (const suffix of logSuffixes) rmSync(store + suffix, { force: true });
}

/** Two regions that hold the same receipts, the second one stopped. */
async function twoRegions(names: readonly [string, string]): Promise<{
  readonly regions: Deployment;
  readonly first: SidecarProcess;
}> {
  const regions = await deployment(folder, names);
  const [first, second] = await Promise.all(names.map(regions.start));
  if (first === undefined || second === undefined) throw new Error("a region is missing");
  expect(await submitMany(first.app, names[0], 20)).toEqual({ committed: 20 });
  await until(
    () => regionStatus(first.app, names[1]),
    ({ missing }) => missing === 0,
  );
  await second.end("SIGTERM");
  return { regions, first };
}

describe("kill -9", () => {
  it("loses nothing that was acknowledged", async () => {
    const config = folder.write("killed.json", {
      listen: { app: "127.0.0.1:0", peer: "127.0.0.1:0" },
      store: `sqlite:${folder.file("killed.db")}`,
    });
    const sidecar = await startSidecar(["--config", config]);
    const load = submitUntilGone(sidecar.app, 32);
    await until(
      () => call(sidecar.app, "/api/v1/region"),
      ({ json }) => Number(json["position"]) > 500,
    );
    await sidecar.end("SIGKILL");
    const acknowledged = await load;
    expect(acknowledged.size).toBeGreaterThan(100);
    const again = await startSidecar(["--config", config]);
    const held = await heldIds(again.app);
    expect([...acknowledged].filter((id) => !held.has(id))).toEqual([]);
  });
});

describe("a log that is not what its peers remember", () => {
  it("restored from an older copy: is noticed, receives everything again and does not vote until the loss is accepted", async () => {
    const { regions, first } = await twoRegions(["ada", "bob"]);
    const store = regions.store("bob");
    copyLog(store, `${store}.copy`);
    const second = await regions.start("bob");
    await submitMany(first.app, "later", 20);
    await until(
      () => regionStatus(first.app, "bob"),
      ({ missing }) => missing === 0,
    );
    // It has receipts of its own that the copy does not know.
    expect(await submitMany(second.app, "own", 5)).toEqual({ committed: 5 });
    const before = (await call(second.app, "/api/v1/region")).json;
    await second.end("SIGTERM");
    removeLog(store);
    copyLog(`${store}.copy`, store);

    const restored = await regions.start("bob");
    const noticed = await restored.line(/older copy of itself/);
    expect(noticed).toMatchObject({ level: "error", before: before["store_id"] });
    const region = (await call(restored.app, "/api/v1/region")).json;
    expect(region["store_id"]).not.toBe(before["store_id"]);
    expect(region["refilling"]).toBe(true);
    await until(
      () => heldIds(restored.app),
      (ids) => ids.has("later-20") && ids.has("ada-20"),
    );
    const unsure = await submit(first.app, receiptText("unsure"));
    expect(unsure.json).toMatchObject({ outcome: "pending", synced_regions: 1 });
    const accepted = await call(restored.app, "/api/v1/accept-loss", { method: "POST" });
    expect(accepted.json).toMatchObject({ accepted: true, refilling: false, store_id: region["store_id"] });
    expect((await submit(first.app, receiptText("sure"))).json).toMatchObject({ outcome: "committed" });
  });

  it("replaced by an empty one: receives everything again and votes only after accept-loss", async () => {
    const { regions, first } = await twoRegions(["carl", "dora"]);
    removeLog(regions.store("dora"));
    const replaced = await regions.start("dora");
    await replaced.line(/remembers this region under another store/);
    await first.line(/answers with another store/);
    await until(
      () => heldIds(replaced.app),
      (ids) => ids.size >= 20,
    );
    expect((await submit(first.app, receiptText("unsure"))).json).toMatchObject({ outcome: "pending" });
    expect(await regionStatus(first.app, "dora")).toMatchObject({ refilling: true, is_available: true });
    expect((await call(replaced.app, "/readyz")).status).toBe(200);

    const accepted = await call(replaced.app, "/api/v1/accept-loss", { method: "POST" });
    expect(accepted.json).toMatchObject({ accepted: true });
    await replaced.line(/An operator accepted the loss/);
    expect((await submit(first.app, receiptText("sure"))).json).toMatchObject({ outcome: "committed" });
    // That decision outlives the process.
    await replaced.end("SIGTERM");
    const again = await regions.start("dora");
    expect((await call(again.app, "/api/v1/region")).json["refilling"]).toBe(false);
  });
});
