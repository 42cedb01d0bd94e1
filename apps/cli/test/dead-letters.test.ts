/** `dead-letters` against two regions that took other content under the same ids. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { fakeSidecar } from "./fake-sidecar.ts";
import { lastJson, runCommand } from "./run-command.ts";
import { sampleLine } from "./sample-line.ts";
import { type PlacedRegions, placeTwoRegions } from "./start-two-regions.ts";

let regions: PlacedRegions;
let url: string;
const ids = ["fork-1", "fork-2", "fork-3"];

const ask = (...args: readonly string[]) => runCommand(["dead-letters", ...args], { env: { RSYNC_URL: url } });
const listed = async (...args: readonly string[]) => {
  const { stdout } = await ask("list", "--json", ...args);
  return stdout === ""
    ? []
    : stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).receipt_id);
};

beforeAll(async () => {
  regions = await placeTwoRegions();
  const syncTo = (to: string, transaction: string) => {
    const input = ids.map((id) => sampleLine(id, { transaction_id: transaction })).join("");
    return runCommand(["sync", "-", "--wait", "none", "--url", to], { input });
  };
  const alone = await regions.startEast();
  await syncTo(alone.url, "tx-east");
  await alone.kill();
  const west = await regions.startWest();
  await syncTo(west.url, "tx-west");
  url = (await regions.startEast()).url;
  await vi.waitUntil(async () => (await listed()).length === ids.length, { timeout: 50_000, interval: 100 });
}, 60_000);
afterAll(() => regions?.stop());

describe("what another region refused", () => {
  test("is listed, page by page, also without saying list", async () => {
    const end = await ask("--limit", "2");
    expect(end.code).toBe(0);
    expect(end.stdout).toMatch(/^number {2}region {5}receipt {2}kind {5}status {2}attempts {2}buried +why\n/);
    expect(end.stdout).toMatch(
      /\n {5}1 {2}us-west-1 {2}fork-1 {3}refused {2}open +1 {2}\S+Z {2}answered 409: Other content is/,
    );
    expect(end.stderr).toBe("there may be more: --after 2, or --all\n");
    expect(await listed("--after", "2")).toEqual(["fork-3"]);
    expect(await listed("--all", "--region", "us-west-1")).toEqual(ids);
    expect(await ask("--kind", "poison")).toMatchObject({ code: 0, stderr: "no dead letters there that are open\n" });
    const moon = await ask("--region", "moon");
    expect(moon).toMatchObject({ code: 1, stdout: "" });
    expect(moon.stderr).toContain("Region moon is not configured: configured are us-west-1 (HTTP 404 from ");
  });

  test("is shown with both digests and the receipt", async () => {
    const end = await ask("show", "--receipt", "fork-1");
    expect(end.code).toBe(0);
    expect(end.stdout).toMatch(/^region +us-west-1\nstore +\S+\nkind +refused\nstatus +open\nwhy +answered 409/);
    const [, here, there] = /\ndigest here +(\S{64})\ndigest there +(\S{64})\n/.exec(end.stdout) ?? [];
    expect(here).not.toBe(there);
    expect(end.stdout).toMatch(/\nreceipt_id +fork-1\ntransaction_id +tx-east\n/);
    const json = await ask("show", "--receipt", "fork-1", "--region", "us-west-1", "--json");
    expect(lastJson(json.stdout)).toMatchObject({ dead_letters: [{ receipt: { receipt_id: "fork-1" } }] });
    const absent = await ask("show", "--receipt", "nobody");
    expect(absent).toMatchObject({ code: 1, stdout: "" });
    expect(absent.stderr).toBe('receipt-sync: no region has receipt "nobody" in its dead letters\n');
  });

  test("is replayed: refused again, exit code 4; a dry run only tells", async () => {
    const would = await ask("replay", "--all", "--dry-run");
    expect(would.code).toBe(0);
    expect(would.stdout).toMatch(/\n3 would be replayed: us-west-1 3\n$/);
    const end = await ask("replay", "--region", "us-west-1", "--receipt", "fork-1", "--timeout", "20s");
    expect(end).toMatchObject({ code: 4, stderr: "" });
    expect(end.stdout).toBe("1 replayed: us-west-1 1\n0 resolved, 1 refused again, 0 not answered yet\n");
  });

  test("is discarded: one, those since a time, all; a dry run only tells", async () => {
    const one = ["discard", "--region", "us-west-1", "--receipt", "fork-1"];
    const would = await ask(...one, "--dry-run");
    expect(would.code).toBe(0);
    expect(would.stdout).toMatch(/fork-1 .*\n1 would be discarded: us-west-1 1\n$/);
    expect(await listed()).toEqual(ids);
    expect(await ask(...one)).toMatchObject({ code: 0, stdout: "1 discarded: us-west-1 1\n" });
    expect(await listed()).toEqual(["fork-2", "fork-3"]);
    expect(await listed("--status", "discarded")).toEqual(["fork-1"]);
    expect((await ask("discard", "--since", "2100-01-01T00:00:00Z")).stdout).toBe("0 discarded\n");
    expect(await ask("discard", "--since", "soon")).toMatchObject({ code: 1, stdout: "" });
    expect(lastJson((await ask("discard", "--all", "--json")).stdout)).toMatchObject({ dry_run: false, count: 2 });
    expect(await listed()).toEqual([]);
    expect(await listed("--status", "all", "--any-store")).toEqual(ids);
  });
});

test("a replay that is not answered yet: exit code 3; one that is acknowledged: 0", async () => {
  const said = { dry_run: false, count: 2, regions: [{ region_id: "us", count: 2 }], dead_letters: [], refused: 0 };
  for (const [resolved, code] of [
    [1, 3],
    [2, 0],
  ] as const) {
    const answer = JSON.stringify({ ...said, resolved, waiting: 2 - resolved });
    const fake = await fakeSidecar((_, response) => response.end(answer));
    const end = await runCommand(["dead-letters", "replay", "--all", "--url", fake]);
    expect(end.code).toBe(code);
    expect(end.stdout).toContain(`${resolved} resolved, 0 refused again, ${2 - resolved} not answered yet`);
  }
});

test("what a region says can not move the cursor of a terminal", async () => {
  const error = { kind: "status", message: "\u001b[2Jno" };
  const letter = { number: 1, region_id: "us", receipt_id: "a", kind: "refused", status: "open", attempts: 1, error };
  const fake = await fakeSidecar((_, response) => response.end(JSON.stringify({ dead_letters: [letter], next: null })));
  const { stdout } = await runCommand(["dead-letters", "--url", fake]);
  expect(stdout).toContain("\u{fffd}[2Jno");
  expect(stdout).not.toContain("\u001b[2J");
});
