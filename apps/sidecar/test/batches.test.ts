/** Regions as processes of their own: batches on real sockets, an old region among them, and one that dies under load. */
import { sqliteStore } from "@rsync/store-sqlite";
import { seedOnlyPeer } from "@rsync/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { call, submitLines } from "./app-client.ts";
import { deployment } from "./deployment.ts";
import { freePorts } from "./free-ports.ts";
import { receiptText } from "./receipt-text.ts";
import { heldIds, regionStatus, submitMany } from "./receipts.ts";
import { requestsThrough } from "./requests-through.ts";
import { startSidecar } from "./start-sidecar.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { until } from "./until.ts";

const folder = temporaryFolder();
const old = await seedOnlyPeer();
afterAll(() => old.close());

const nothingMissing = (app: string, regionId: string) =>
  until(
    () => regionStatus(app, regionId),
    ({ missing }) => missing === 0,
  );

describe("three regions, one of them old", () => {
  it("get a stream of receipts: in compressed batches the new ones, one by one the old one", async () => {
    const [app, west, europe] = await freePorts(3);
    const config = (region: string, port: number | undefined, name: string) =>
      folder.write(`${name}.json`, {
        region,
        listen: { app: "127.0.0.1:0", peer: `127.0.0.1:${port}` },
        store: `sqlite:${folder.file(`${name}.db`)}`,
      });
    const regions = await Promise.all([
      startSidecar(["--config", config("us-west-1", west, "mixed-west")]),
      startSidecar(["--config", config("eu-west-1", europe, "mixed-europe")]),
    ]);
    const seen = await requestsThrough(`http://127.0.0.1:${west}`);
    const sending = folder.write("mixed-east.json", {
      region: "us-east-1",
      crossRegionSyncEnabled: true,
      quorumThreshold: 2,
      regions: [
        { regionId: "us-west-1", endpoint: seen.endpoint },
        { regionId: "eu-west-1", endpoint: `http://127.0.0.1:${europe}` },
        { regionId: "old-1", endpoint: old.endpoint },
      ],
      listen: { app: "127.0.0.1:0", peer: `127.0.0.1:${app}` },
      store: `sqlite:${folder.file("mixed-east.db")}`,
    });
    const east = await startSidecar(["--config", sending]);
    expect(await submitMany(east.app, "mixed", 1_500)).toEqual({ committed: 1_500 });
    for (const regionId of ["us-west-1", "eu-west-1", "old-1"]) await nothingMissing(east.app, regionId);
    for (const region of regions) expect((await heldIds(region.app)).size).toBe(1_500);
    expect(old.receivedIds()).toHaveLength(1_500);
    expect(await regionStatus(east.app, "old-1")).toMatchObject({ unproven: true, failure_count: 0 });
    const batches = seen.requests.filter(({ path }) => path === "/receipt-sync/batch");
    expect(batches.length).toBeGreaterThan(0);
    expect(seen.requests.length).toBeLessThan(500);
    expect(new Set(batches.map(({ encoding }) => encoding))).toContain("zstd");
  });
});

describe("kill -9 of a region in the middle of a load of batches", () => {
  it("loses nothing: what was acknowledged is there, and it is complete afterwards", async () => {
    const regions = await deployment(folder, ["a1", "a2", "a3"]);
    const [first, second] = await Promise.all(["a1", "a2"].map(regions.start));
    const third = await regions.start("a3");
    if (first === undefined || second === undefined) throw new Error("a region is missing");
    const loading = Promise.all(["p", "q", "r"].map((prefix) => submitMany(first.app, prefix, 2_000)));
    await until(
      () => call(third.app, "/api/v1/region"),
      ({ json }) => Number(json["position"]) > 500,
    );
    await third.end("SIGKILL");
    expect(await loading).toEqual([{ committed: 2_000 }, { committed: 2_000 }, { committed: 2_000 }]);
    const again = await regions.start("a3");
    await nothingMissing(first.app, "a3");
    for (const { app } of [again, second]) expect((await heldIds(app)).size).toBe(6_000);
  });

  it("the same for the region that sends: what it had acknowledged reaches all", async () => {
    const regions = await deployment(folder, ["b1", "b2", "b3"]);
    const [first, second, third] = await Promise.all(["b1", "b2", "b3"].map(regions.start));
    if (first === undefined || second === undefined || third === undefined) throw new Error("a region is missing");
    const lines = Array.from({ length: 20_000 }, (_, index) => receiptText(`load-${index}`));
    const acknowledged = new Set<string>();
    const loading = submitLines(first.app, lines).then(
      () => undefined,
      () => undefined,
    );
    await until(
      () => call(second.app, "/api/v1/region"),
      ({ json }) => Number(json["position"]) > 1_000,
    );
    for (const receiptId of await heldIds(first.app)) acknowledged.add(receiptId);
    await first.end("SIGKILL");
    await loading;
    expect(acknowledged.size).toBeGreaterThan(500);
    const again = await regions.start("b1");
    for (const regionId of ["b2", "b3"]) await nothingMissing(again.app, regionId);
    const held = await heldIds(again.app);
    expect([...acknowledged].filter((receiptId) => !held.has(receiptId))).toEqual([]);
    for (const { app } of [second, third]) expect((await heldIds(app)).size).toBe(held.size);
  });
});

describe("dead letters of a batch", () => {
  it("survive a restart of the region that sent it; its neighbours have arrived", async () => {
    const regions = await deployment(folder, ["c1", "c2"]);
    // Each took its own while the other was not there: c-50 with other content than c2 has.
    const alone = await regions.start("c1");
    const lines = Array.from({ length: 100 }, (_, index) => receiptText(`c-${index + 1}`));
    await submitLines(alone.app, lines, "?wait=none");
    await alone.end("SIGTERM");
    const second = await regions.start("c2");
    await submitLines(second.app, [receiptText("c-50", { ticks: "7" })], "?wait=none");
    const first = await regions.start("c1");
    await nothingMissing(first.app, "c2");
    const letters = async (app: string) => (await call(app, "/api/v1/dead-letters?region=c2")).json["dead_letters"];
    const buried = await letters(first.app);
    expect(buried).toMatchObject([{ receipt_id: "c-50", kind: "refused" }]);
    await first.end("SIGKILL");
    const again = await regions.start("c1");
    expect(await letters(again.app)).toEqual(buried);
    expect((await heldIds(second.app)).size).toBe(100);
    await again.end("SIGTERM");
    const store = await sqliteStore(regions.store("c1"), { regionId: "c1" });
    expect(await store.deadLetters({ regionId: "c2", limit: 9 })).toHaveLength(1);
    await store.close();
  });
});
