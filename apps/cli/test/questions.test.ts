import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fakeSidecar } from "./fake-sidecar.ts";
import { commandArgs, lastJson, runCommand } from "./run-command.ts";
import { sampleLine } from "./sample-line.ts";
import { type StartedRegions, startTwoRegions } from "./start-two-regions.ts";
import { temporaryFolder } from "./temporary-folder.ts";

let regions: StartedRegions;
const ids = Array.from({ length: 1_200 }, (_, index) => `q-${String(index + 1).padStart(4, "0")}`);
beforeAll(async () => {
  regions = await startTwoRegions();
  const input = ids.map((id) => sampleLine(id)).join("");
  await runCommand(["sync", "-", "--url", regions.east.url], { input });
}, 60_000);
afterAll(() => regions?.stop());

/** By the variable, as operators have it in their shells. */
const ask = (...args: readonly string[]) => runCommand(args, { env: { RSYNC_URL: regions.east.url } });

describe("while both regions are up", () => {
  test("get prints a receipt with its envelope", async () => {
    const end = await ask("get", "q-0001");
    expect(end).toMatchObject({ code: 0, stderr: "" });
    expect(end.stdout).toMatch(/^receipt_id {6}q-0001\ntransaction_id {2}tx-q-0001\nhash {12}01020304\n/);
    expect(end.stdout).toMatch(/source_region {3}us-east-1\nsource_store .+\nsource_seq {6}1\n$/);
  });

  test("get of an unknown receipt: one line, exit code 1", async () => {
    const end = await ask("get", "nobody");
    expect(end).toMatchObject({ code: 1, stdout: "" });
    expect(end.stderr).toMatch(/^receipt-sync: the region at http:.* holds no receipt "nobody"\n$/);
  });

  test("verify: yes for all, exit code 0; one unknown receipt, exit code 3", async () => {
    const yes = await ask("verify", "q-0001", "q-0002");
    expect(yes.code).toBe(0);
    expect(yes.stdout).toMatch(/q-0001 {3}yes {5}2\/2 {6}us-east-1 same, us-west-1 same/);
    const no = await ask("verify", "q-0001", "nobody", "--json");
    expect(no.code).toBe(3);
    expect(lastJson(no.stdout)).toMatchObject({ receipt_id: "nobody", quorum_achieved: false, confirmed_regions: 0 });
  });

  test("verify reads ids from a file", async () => {
    const file = join(temporaryFolder(), "ids.txt");
    writeFileSync(file, ids.slice(0, 50).join("\r\n"));
    const end = await ask("verify", "--file", file, "--json");
    expect(end.code).toBe(0);
    expect(
      end.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).receipt_id),
    ).toEqual(ids.slice(0, 50));
    expect((await ask("verify")).code).toBe(2);
  });

  test("list pages: a limit, a position, everything", async () => {
    const first = await ask("list", "--limit", "2");
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^position {2}receipt +transaction +committed {2}from +time\n +\d+ {2}q-0001 /);
    expect(first.stderr).toMatch(/^there may be more: --after \d+, or --all\n$/);
    const all = await ask("list", "--all", "--json");
    const listed = all.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(listed.map(({ receipt_id }) => receipt_id).toSorted()).toEqual(ids);
    const rest = await ask("list", "--after", String(listed[1_199].position), "--json");
    expect(rest).toMatchObject({ code: 0, stdout: "" });
  });

  test("what list prints for machines, sync takes", async () => {
    const { stdout } = await ask("list", "--limit", "10", "--json");
    const end = await runCommand(["sync", "-", "--url", regions.west.url], { input: stdout });
    expect(end).toMatchObject({ code: 0, stderr: "" });
  });

  test("whoever reads only the head of a list ends it without a word", async () => {
    const script = `"$0" "$@" list --all --json --url ${regions.east.url} | head -n 1; exit "\${PIPESTATUS[0]}"`;
    const child = spawn("bash", ["-c", script, process.execPath, ...commandArgs], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (piece) => (said += piece));
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect(said).toBe("");
    expect([0, 141]).toContain(code); // 141: it still had something to say
  });

  test("status and health", async () => {
    const status = await ask("status");
    expect(status.code).toBe(0);
    expect(status.stdout).toMatch(/^this region: us-east-1; store \S+\n/);
    expect(status.stdout).toMatch(/\nus-west-1 {2}yes +0 {2}.* ago +0 +0 {2}healthy\n$/);
    expect(lastJson((await ask("status", "--json")).stdout)).toMatchObject({ regions: [{ region_id: "us-west-1" }] });
    const health = await ask("health");
    expect(health).toMatchObject({ code: 0, stdout: "quorum OK: 1 of 1 other regions available\n" });
  });

  test("accept-loss where there is nothing to accept", async () => {
    const end = await ask("accept-loss");
    expect(end).toMatchObject({ code: 0 });
    expect(end.stdout).toMatch(/^There is no loss to accept: the region votes already, with store \S+\.\n$/);
    expect(lastJson((await ask("accept-loss", "--json")).stdout)).toMatchObject({ accepted: false });
    const other = await ask("accept-loss", "--store-id", "another");
    expect(other).toMatchObject({ code: 1, stdout: "" });
    expect(other.stderr).toMatch(/^receipt-sync: The store is \S+, not another \(HTTP 409 from /);
  });
});

describe("once the other region is gone", () => {
  beforeAll(() => regions.west.kill());

  test("sync: pending, exit code 3, and says why", async () => {
    const args = ["sync", "-", "--timeout", "300", "--url", regions.east.url];
    const end = await runCommand(args, { input: sampleLine("late-1") });
    expect(end.code).toBe(3);
    expect(end.stderr).toMatch(/^line 1: late-1 pending, 1 of 2 regions; us-west-1 .+\n$/);
  });

  test("verify: no, exit code 3", async () => {
    const end = await ask("verify", "q-0001");
    expect(end.code).toBe(3);
    expect(end.stdout).toMatch(/q-0001 {3}no {6}1\/2 {6}us-east-1 same, us-west-1 unreachable/);
  });

  test("status tells the failures, health has no quorum: exit code 3", async () => {
    await expect.poll(async () => (await ask("health")).code, { timeout: 20_000, interval: 100 }).toBe(3);
    const status = await ask("status");
    expect(status.stdout).toMatch(/\nus-west-1 {2}no +\d+ .* 1 +0 {2}\w+ +could not be reached/);
  }, 30_000);
});

describe("of a sidecar that answers anything", () => {
  const own = { region: "us-east-1", sync_enabled: true, store_id: "store-2", refilling: false };
  const answering = (changes: object, replies: Readonly<Record<string, object>> = {}) =>
    fakeSidecar((request, response) => {
      const path = request.url ?? "";
      response.end(JSON.stringify(path === "/api/v1/region" ? { ...own, ...changes } : replies[path]));
    });

  test("verify and health where sync is switched off: no answer about the others, exit code 3", async () => {
    const quorum = { receipt_id: "x", quorum_achieved: true, sync_enabled: false, regions: [] };
    const health = { available_regions: 0, total_regions: 1, quorum: true };
    const replies = { "/api/v1/receipts/x/quorum": quorum, "/api/v1/health": health };
    const url = await answering({ sync_enabled: false }, replies);
    const said = "sync is switched off in this region: nothing is asked of the others\n";
    for (const args of [["verify", "x"], ["health"]]) {
      expect(await runCommand([...args, "--url", url])).toMatchObject({ code: 3, stdout: said });
      const machines = await runCommand([...args, "--url", url, "--json"]);
      expect(machines.code).toBe(3);
      expect(lastJson(machines.stdout)).toMatchObject({ sync_enabled: false });
    }
  });

  test("status says that this region itself is refilling", async () => {
    const url = await answering({ refilling: true }, { "/api/v1/regions": { regions: [] } });
    const { stdout } = await runCommand(["status", "--url", url]);
    expect(stdout).toMatch(/^this region: us-east-1; store store-2; refilling: it does not vote until /);
    expect(lastJson((await runCommand(["status", "--url", url, "--json"])).stdout)).toMatchObject({
      own: { refilling: true },
    });
  });

  test("accept-loss says what it did", async () => {
    const url = await answering({}, { "/api/v1/accept-loss": { store_id: "store-2", accepted: true } });
    const { stdout } = await runCommand(["accept-loss", "--url", url]);
    expect(stdout).toMatch(/^The loss is accepted: .* store-2\.\nWhat only its earlier store held, .* gone for good/);
  });
});
