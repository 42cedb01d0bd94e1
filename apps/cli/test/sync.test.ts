import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lastJson, runCommand } from "./run-command.ts";
import { sampleLine } from "./sample-line.ts";
import { type StartedRegions, startTwoRegions } from "./start-two-regions.ts";
import { temporaryFolder } from "./temporary-folder.ts";

let regions: StartedRegions;
beforeAll(async () => {
  regions = await startTwoRegions();
}, 30_000);
afterAll(() => regions?.stop());

const sync = (args: readonly string[], input?: string | Uint8Array) =>
  runCommand(["sync", "--url", regions.east.url, ...args], input === undefined ? {} : { input });

describe("sync", () => {
  test("NDJSON from the standard input: all committed, exit code 0", async () => {
    const end = await sync(["-"], sampleLine("a-1") + sampleLine("a-2"));
    expect(end).toMatchObject({ code: 0, stderr: "" });
    expect(end.stdout).toMatch(/committed {2}pending {2}refused {2}invalid {2}failed\n +2 +0 +0 +0 +0\n/);
  });

  test("a JSON array from a file, however it is laid out", async () => {
    const file = join(temporaryFolder(), "receipts.json");
    const receipts = ["b-1", "b-2", "b-3"].map((id) => JSON.parse(sampleLine(id)));
    writeFileSync(file, JSON.stringify(receipts, undefined, 2));
    const end = await sync([file, "--json"]);
    expect(end.code).toBe(0);
    expect(lastJson(end.stdout)).toMatchObject({ kind: "summary", complete: true, committed: 3, unanswered: [] });
  });

  test("an array's bad elements are named by their places, and of many equal errors twenty are shown", async () => {
    const file = join(temporaryFolder(), "bad.json");
    writeFileSync(file, JSON.stringify(Array.from({ length: 30 }, () => 7)));
    const end = await sync([file]);
    expect(end.code).toBe(1);
    expect(end.stderr.match(/^element \d+: /gm)).toHaveLength(20);
    expect(end.stderr).toMatch(/\nand 10 more invalid: --json names each\n$/);
  });

  test("bad lines are reported by their numbers with their fields, and the run goes on", async () => {
    const lines = [
      sampleLine("c-1"),
      "not json\n",
      "\r\n",
      sampleLine("c-2", { ticks: -1, span_id: "x", hash: "0" }),
      `${sampleLine("c-3").trimEnd()}\r\n`,
      '"a string"\n',
      sampleLine("c-4").trimEnd(),
    ];
    const end = await sync(["-"], lines.join(""));
    expect(end.code).toBe(1);
    expect(end.stdout).toMatch(/\n +3 +0 +0 +3 +0\n/);
    expect(end.stderr).toMatch(/^line 2: not JSON: /m);
    expect(end.stderr).toMatch(/^line 4: hash must be .*; ticks must be .* \(received -1\); span_id must be /m);
    expect(end.stderr).toMatch(/^line 6: A receipt must be a JSON object/m);
  });

  test("every line is answered for machines, with the number that it has in the input", async () => {
    const end = await sync(["-", "--json"], `\n${sampleLine("d-1")}oops\n${sampleLine("d-2")}`);
    const lines = end.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const byLine = Object.fromEntries(lines.slice(0, -1).map((line) => [line.line, line]));
    expect(byLine[2]).toMatchObject({ kind: "result", receipt_id: "d-1", outcome: "committed", synced_regions: 2 });
    expect(byLine[3]).toMatchObject({ kind: "invalid", problems: [{ field: "receipt" }] });
    expect(byLine[4]).toMatchObject({ kind: "result", receipt_id: "d-2" });
    expect(lines.at(-1)).toMatchObject({ kind: "summary", committed: 2, invalid: 1 });
  });

  test("u64 exact, from the file to the other region and back", async () => {
    const ids = ["9007199254740991", "9007199254740993", "18446744073709551615"];
    const input = ids.map((span) => sampleLine(`u64-${span}`).replace(":789", `:${span}`)).join("");
    expect((await sync(["-", "--wait", "all"], input)).code).toBe(0);
    for (const span of ids) {
      const got = await runCommand(["get", `u64-${span}`, "--url", regions.west.url]);
      expect(got.stdout).toContain(`span_id         ${span}\n`);
      const json = await runCommand(["get", `u64-${span}`, "--url", regions.west.url, "--json"]);
      expect(json.stdout).toContain(`"span_id":${span},`);
    }
  });

  test("one id, two contents: the second is refused, exit code 4", async () => {
    expect((await sync(["-"], sampleLine("e-1"))).code).toBe(0);
    const end = await sync(["-"], sampleLine("e-1", { ticks: 43 }));
    expect(end.code).toBe(4);
    expect(end.stderr).toMatch(/^line 1: e-1 refused, .*us-east-1 holds other content under this id/);
  });

  test("a line of many megabytes is refused by its number, and what follows is synced", async () => {
    const end = await sync(["-"], `{"receipt_id":"${"x".repeat(5_000_000)}"}\n${sampleLine("f-1")}`);
    expect(end.code).toBe(1);
    expect(end.stderr).toBe("line 1: larger than 1048576 bytes (5000017)\n");
    expect(end.stdout).toMatch(/\n +1 +0 +0 +1 +0\n/);
  });

  test("a dry run checks and sends nothing, so it needs no sidecar", async () => {
    const args = ["sync", "-", "--dry-run", "--url", "http://127.0.0.1:9"];
    const good = await runCommand(args, { input: sampleLine("g-1") });
    expect(good).toMatchObject({ code: 0, stderr: "" });
    expect(good.stdout).toMatch(/valid {2}invalid\n +1 +0\n/);
    expect((await runCommand(args, { input: "{}\n" })).code).toBe(1);
    expect((await runCommand(["get", "g-1", "--url", regions.east.url])).code).toBe(1);
  });

  test("an empty input is nothing to do", async () => {
    expect(await sync(["-"], "")).toMatchObject({ code: 0, stderr: "" });
  });

  test("far more lines than may be in flight", { timeout: 30_000 }, async () => {
    const file = join(temporaryFolder(), "many.ndjson");
    writeFileSync(file, sampleLine("h-1").repeat(10_000));
    const end = await sync([file, "--in-flight", "7"]);
    expect(end.code).toBe(0);
    expect(end.stdout).toContain("10000");
  });

  test("ids with slashes, percent signs, spaces and other scripts", async () => {
    const ids = ["a/b", "100%", "%2F", "a b", "квитанция", "領収書", "?x=1#y", "."];
    const end = await sync(["-"], ids.map((id) => sampleLine(id)).join(""));
    expect(end.code).toBe(0);
    for (const id of ids) {
      const got = await runCommand(["get", id, "--url", regions.east.url, "--json"]);
      expect(lastJson(got.stdout)).toMatchObject({ receipt_id: id });
    }
    expect((await runCommand(["verify", ...ids, "--url", regions.east.url])).code).toBe(0);
  });
});
