import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { configFileSchema } from "../src/config/config-file-schema.ts";
import { runSidecarCheck } from "../src/config/run-sidecar-check.ts";
import { lastJson, runCommand } from "./run-command.ts";
import { temporaryFolder } from "./temporary-folder.ts";

function fileOf(content: string, name = "config.yaml"): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

const threeRegions = `
region: us-east-1
crossRegionSyncEnabled: true
quorumThreshold: 2
regions:
  - { regionId: us-west-1, endpoint: "http://west.example.com", protocol: strict }
  - { regionId: eu-west-1, endpoint: "http://eu.example.com", protocol: strict }
listen: { app: "127.0.0.1:7400", peer: "127.0.0.1:7401" }
store: sqlite:receipts.db
`;

describe("config check", () => {
  test("a file with the sidecar's own keys is valid", async () => {
    const path = fileOf(threeRegions);
    const end = await runCommand(["config", "check", path]);
    expect(end).toEqual({ code: 0, stderr: "", stdout: `${path} is valid: region us-east-1, 2 other regions\n` });
  });

  test("every problem at once, each with its path, exit code 1", async () => {
    const path = fileOf(
      `region: ""\nstroe: x\nregions: [{ regionId: a, endpoint: "http://a", timeout: 0 }]\nlisten: { app: 5 }\n`,
    );
    const end = await runCommand(["config", "check", path, "--json"]);
    expect(end.code).toBe(1);
    expect(lastJson(end.stdout)).toMatchObject({
      valid: false,
      problems: [
        { path: "region", message: "Region identifier cannot be empty" },
        { path: "regions[0].timeout", message: "Timeout must be > 0 for region a" },
        { path: "stroe", message: 'Unknown key "stroe" (did you mean "store"?)' },
        { path: "listen.app" },
      ],
    });
    const people = await runCommand(["config", "check", path]);
    expect(people.stderr).toMatch(/ is not valid:\n {2}region: Region identifier cannot be empty\n/);
  });

  test("warnings are told and leave it valid", async () => {
    const path = fileOf(threeRegions.replace("quorumThreshold: 2", "quorumThreshold: 1"));
    const end = await runCommand(["config", "check", path]);
    expect(end.code).toBe(0);
    expect(end.stderr).toMatch(/^warning: The quorum is met without any remote region/m);
  });

  test("variables of the shell change nothing: the file alone is checked", async () => {
    const env = { RSYNC_REGION: "", RSYNC_QUORUM_THRESHOLD: "99" };
    expect((await runCommand(["config", "check", fileOf(threeRegions)], { env })).code).toBe(0);
  });

  test("no YAML, no file", async () => {
    expect((await runCommand(["config", "check", fileOf("a: [\n")])).code).toBe(1);
    const missing = await runCommand(["config", "check", "nope.yaml"]);
    expect(missing).toMatchObject({ code: 1, stderr: "receipt-sync: cannot read nope.yaml: there is no such file\n" });
  });
});

describe("config explain", () => {
  test("says the quorum, the losses and the retries in words", async () => {
    const end = await runCommand(["config", "explain", fileOf(threeRegions)]);
    expect(end.code).toBe(0);
    expect(end.stdout).toContain("committed when   any 2 of us-east-1, us-west-1 and eu-west-1 hold it on disk\n");
    expect(end.stdout).toContain("nothing commits: us-east-1 + us-west-1; us-east-1 + eu-west-1;");
    expect(end.stdout).toContain("4 attempts at a region: at once, then after 1 s, 2 s, 4 s\n");
  });

  test("for machines", async () => {
    const end = await runCommand(["config", "explain", fileOf(threeRegions), "--json"]);
    const { losses, retries } = lastJson(end.stdout) as { losses: object; retries: object };
    expect(losses).toMatchObject({ kind: "analysed", blocksWrites: { count: 3 }, couldLoseData: { count: 3 } });
    expect(retries).toMatchObject({ attemptsMax: 4, delaysMs: [1_000, 2_000, 4_000] });
  });
});

describe("config init", () => {
  test("writes a file that is valid without a warning, and never over another", async () => {
    const cwd = temporaryFolder();
    expect((await runCommand(["config", "init"], { cwd })).code).toBe(0);
    const written = readFileSync(join(cwd, "receipt-sync.yaml"), "utf8");
    const check = await runCommand(["config", "check", "receipt-sync.yaml"], { cwd });
    expect(check).toMatchObject({ code: 0, stderr: "" });
    const again = await runCommand(["config", "init", "--region", "other"], { cwd });
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("it exists already, and is left as it is");
    expect(readFileSync(join(cwd, "receipt-sync.yaml"), "utf8")).toBe(written);
  });

  test("for named regions", async () => {
    const cwd = temporaryFolder();
    const args = ["--region", "no", "--regions", "a=http://a.example.com/x,b=https://b.example.com:8443"];
    expect((await runCommand(["config", "init", "c.yaml", ...args], { cwd })).code).toBe(0);
    const end = await runCommand(["config", "explain", "c.yaml"], { cwd });
    expect(end.stdout).toContain("no, syncing to a, b");
    expect((await runCommand(["config", "init", "-", "--regions", "a"])).code).toBe(2);
  });
});

describe("config schema", () => {
  test("has every key that the sidecar has", async () => {
    const end = await runCommand(["config", "schema"]);
    const { properties } = JSON.parse(end.stdout);
    const { stdout } = await runSidecarCheck(fileOf('{"storeBytesMax":5000000}', "c.json"));
    const resolved = Object.keys(JSON.parse(stdout).config).map((key) => key.replace(/Ms$/, ""));
    const derived = ["policy"];
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(resolved.filter((key) => !derived.includes(key))));
  });

  test("has no key that the sidecar has not", async () => {
    const { listen, log, lanes } = configFileSchema()["properties"] as Record<string, { properties?: object }>;
    const input = Object.fromEntries(
      Object.entries({ listen, log, lanes }).map(([key, value]) => [
        key,
        Object.fromEntries(Object.keys(value?.properties ?? {}).map((inner) => [inner, null])),
      ]),
    );
    const top = { drainTimeout: "1s", insecure: false, abandon: [], store: "memory:", storeBytesMax: 5_000_000 };
    const { stdout } = await runSidecarCheck(fileOf(JSON.stringify({ ...input, ...top }), "c.json"));
    expect(stdout).toContain('"problems":[{');
    expect(stdout).not.toContain("Unknown key");
  });
});
