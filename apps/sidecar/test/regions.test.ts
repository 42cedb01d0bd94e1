/** Three regions, one of which goes away and comes back. */
import { describe, expect, it } from "vitest";
import { call, receiptPath, submit } from "./app-client.ts";
import { deployment } from "./deployment.ts";
import { receiptText } from "./receipt-text.ts";
import { heldIds, regionStatus, submitMany } from "./receipts.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { until } from "./until.ts";

const folder = temporaryFolder();

describe("three regions", () => {
  it("commit by two of three while one is dead, and bring it up to date when it is back", async () => {
    const regions = await deployment(folder, ["us-east-1", "us-west-1", "eu-west-1"]);
    const [east, west, europe] = await Promise.all(regions.regionIds.map(regions.start));
    if (east === undefined || west === undefined || europe === undefined) throw new Error("a region is missing");

    expect(await submitMany(east.app, "before", 200)).toEqual({ committed: 200 });
    const all = await submit(east.app, receiptText("everywhere"), "?wait=all");
    expect(all.json).toMatchObject({ synced_regions: 3, total_regions: 3, errors: [] });
    await until(
      () => regionStatus(east.app, "eu-west-1"),
      ({ missing }) => missing === 0,
    );

    await europe.end("SIGKILL");
    expect(await submitMany(east.app, "without", 200)).toEqual({ committed: 200 });
    await until(
      () => regionStatus(east.app, "eu-west-1"),
      ({ is_available }) => is_available === false,
    );
    expect(await regionStatus(east.app, "eu-west-1")).toMatchObject({ missing: 200, trouble: expect.any(String) });
    expect((await call(east.app, "/api/v1/health")).json).toEqual({
      available_regions: 1,
      total_regions: 2,
      quorum: true,
    });
    expect((await call(east.app, "/readyz")).status).toBe(200);
    const without = await submit(east.app, receiptText("without-all"), "?wait=all");
    expect(without.json).toMatchObject({ outcome: "committed", synced_regions: 2 });

    const back = await regions.start("eu-west-1");
    await until(
      () => regionStatus(east.app, "eu-west-1"),
      ({ missing }) => missing === 0,
    );
    expect(await regionStatus(east.app, "eu-west-1")).toMatchObject({ is_available: true, failure_count: 0 });
    const expected = await heldIds(east.app);
    expect(expected.size).toBe(402);
    expect(await heldIds(back.app)).toEqual(expected);
    expect(await heldIds(west.app)).toEqual(expected);

    const quorum = await call(back.app, `${receiptPath("without-7")}/quorum`);
    expect(quorum.json).toMatchObject({ quorum_achieved: true, confirmed_regions: 3 });
    const resumed = await call(back.app, `${receiptPath("without-7")}/quorum?wait=all`);
    expect(resumed.json).toMatchObject({ outcome: "committed", synced_regions: 3 });
    const held = await call(back.app, receiptPath("without-7"));
    expect(held.json).toMatchObject({ source_region: "us-east-1", own: false });
  });

  it("refuse other content that another region holds, and keep both", async () => {
    const regions = await deployment(folder, ["north", "south"]);
    const [north, south] = await Promise.all(regions.regionIds.map(regions.start));
    if (north === undefined || south === undefined) throw new Error("a region is missing");
    await south.end("SIGTERM");
    expect((await submit(north.app, receiptText("fork"), "?wait=none")).status).toBe(202);
    await north.end("SIGTERM");
    const southAgain = await regions.start("south");
    expect((await submit(southAgain.app, receiptText("fork", { ticks: "7" }), "?wait=none")).status).toBe(202);
    const northAgain = await regions.start("north");
    const letters = await until(
      () => call(northAgain.app, "/api/v1/dead-letters"),
      ({ text }) => text.includes("fork"),
    );
    expect(letters.json["dead_letters"]).toEqual([
      expect.objectContaining({ region_id: "south", receipt_id: "fork", kind: "refused", status: "open", attempts: 1 }),
    ]);
    const refused = await call(northAgain.app, `${receiptPath("fork")}/quorum?wait=quorum`);
    expect(refused.status).toBe(409);
    expect(refused.json).toMatchObject({ outcome: "refused", synced_regions: 1 });
    const compared = await call(northAgain.app, `${receiptPath("fork")}/quorum`);
    expect(compared.json).toMatchObject({ quorum_achieved: false, confirmed_regions: 1 });
    expect((await call(northAgain.app, receiptPath("fork"))).json["ticks"]).toBe(42);
    expect((await call(southAgain.app, receiptPath("fork"))).json["ticks"]).toBe(7);
  });
});
