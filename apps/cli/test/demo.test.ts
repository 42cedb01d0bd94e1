import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { lastJson } from "./run-command.ts";
import { startDemo } from "./start-demo.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const lossy = fileURLToPath(new URL("lossy-demo-process.ts", import.meta.url));

describe("the demo", { timeout: 90_000 }, () => {
  test("loses nothing, tells it in one JSON object, and leaves nothing behind", async () => {
    const demo = startDemo([main, "demo", "--json"]);
    const { code, stdout, stderr } = await demo.end;
    expect(code).toBe(0);
    const region = (name: string) => ({ region: name, receipts: 2_000, missing: 0 });
    expect(lastJson(stdout)).toEqual({
      committed: 2_000,
      pending: 0,
      refused: 0,
      lost: 0,
      regions: [region("us-east-1"), region("us-west-1"), region("eu-west-1")],
      p50_ms: expect.any(Number),
      p99_ms: expect.any(Number),
    });
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(/1,000 more receipts: all committed in .*, by the two regions that are left/);
    expect(stderr).toMatch(/2,000 of 2,000 are held by a quorum/);
    expect(demo.files()).toEqual([]);
    expect(demo.sidecars()).toEqual([]);
  });

  test("where receipts are lost it says so and fails", async () => {
    const demo = startDemo([lossy]);
    const { code, stdout } = await demo.end;
    expect(lastJson(stdout)).toMatchObject({ committed: 2_000, lost: 2_000 });
    expect(code).toBe(1);
    expect(demo.files()).toEqual([]);
    expect(demo.sidecars()).toEqual([]);
  });

  test.each([
    ["SIGINT", 130, 300],
    ["SIGINT", 130, 900],
    ["SIGTERM", 143, 2_000],
    ["SIGHUP", 129, 4_500],
  ] as const)("%s (exit code %i) after %i ms leaves no process and no file", async (signal, exitCode, afterMs) => {
    const demo = startDemo([main, "demo"]);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    demo.child.kill(signal);
    const { code, stderr } = await demo.end;
    // Before the demo's own handlers are there, nothing else is there either: the signal itself then ends it.
    expect([exitCode, null]).toContain(code);
    expect(stderr).toBe("");
    expect(demo.sidecars()).toEqual([]);
    expect(demo.files()).toEqual([]);
  });

  test("Ctrl-C twice leaves nothing either", async () => {
    const demo = startDemo([main, "demo"]);
    await new Promise((resolve) => setTimeout(resolve, 1_800));
    demo.child.kill("SIGINT");
    demo.child.kill("SIGINT");
    expect((await demo.end).code).toBe(130);
    await expect.poll(demo.sidecars).toEqual([]);
    expect(demo.files()).toEqual([]);
  });
});
