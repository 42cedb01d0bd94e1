/**
 * A region that is down for the whole of a run is complete afterwards (DESIGN §8, durable catch-up).
 *
 * 20,000 receipts by default; the real thing takes some minutes:
 * `AWAY_RECEIPTS=1000000 npx --yes pnpm@12.21.0 test apps/sidecar/test/away-for-the-whole-run`
 */
import { expect, it } from "vitest";
import { call } from "./app-client.ts";
import { deployment } from "./deployment.ts";
import { heldIds, regionStatus, submitMany } from "./receipts.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { until } from "./until.ts";

const count = Number(process.env["AWAY_RECEIPTS"] ?? 20_000);
const STREAM_RECEIPTS = 10_000;

const folder = temporaryFolder();

it(`a region that was away for all of ${count} receipts has every one of them afterwards`, {
  timeout: 60_000 + count * 3,
}, async () => {
  const regions = await deployment(folder, ["here", "there", "away"]);
  const [here, there] = await Promise.all(["here", "there"].map(regions.start));
  if (here === undefined || there === undefined) throw new Error("a region is missing");
  for (let done = 0; done < count; done += STREAM_RECEIPTS) {
    const many = Math.min(STREAM_RECEIPTS, count - done);
    expect(await submitMany(here.app, `run-${done}`, many)).toEqual({ committed: many });
  }
  expect(await regionStatus(here.app, "away")).toMatchObject({ is_available: false, missing: count });

  const away = await regions.start("away");
  await until(
    () => regionStatus(here.app, "away"),
    ({ missing }) => missing === 0,
  );
  expect((await heldIds(away.app)).size).toBe(count);
  expect((await call(here.app, "/api/v1/dead-letters")).json["dead_letters"]).toEqual([]);
});
