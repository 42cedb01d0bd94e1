/** The sidecar's own keys: from a file, from the environment, and what is wrong with them. */
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { keysThatNeedRestart } from "../src/config/keys-that-need-restart.ts";
import { loadConfig } from "../src/config/load-config.ts";
import { ownKeys, ownVariables } from "../src/config/read-own-keys.ts";
import type { SidecarConfig } from "../src/config/sidecar-config.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
let files = 0;

async function load(content: unknown, environment: Readonly<Record<string, string>> = {}) {
  files += 1;
  return loadConfig({ file: folder.write(`config-${files}.json`, content), environment });
}

async function valid(content: unknown, environment: Readonly<Record<string, string>> = {}): Promise<SidecarConfig> {
  const loaded = await load(content, environment);
  if (loaded.kind === "invalid") throw new Error(JSON.stringify(loaded.problems));
  return loaded.config;
}

async function problems(content: unknown, environment: Readonly<Record<string, string>> = {}) {
  const loaded = await load(content, environment);
  return loaded.kind === "invalid" ? loaded.problems.map(({ path, message }) => `${path}: ${message}`) : [];
}

describe("the own keys", () => {
  it("have defaults that need no file at all", async () => {
    const loaded = await loadConfig({ file: undefined, environment: {} });
    expect(loaded).toMatchObject({
      kind: "valid",
      config: {
        listen: { app: { host: "127.0.0.1", port: 7400 }, peer: { host: "127.0.0.1", port: 7401 } },
        store: { kind: "sqlite", path: resolve("receipts.db") },
        log: { level: "info", format: "json", receipts: false },
        insecure: false,
        abandon: [],
        drainTimeoutMs: 10_000,
        lanes: {},
        sync: { region: "us-east-1", crossRegionSyncEnabled: false },
      },
    });
  });

  it("come from YAML as from JSON, and the environment stands over them", async () => {
    const file = folder.write("config.yaml", "log:\n  level: warn # quiet\ndrainTimeout: 2s\nabandon: [eu-west-1]\n");
    const environment = { RSYNC_LOG_LEVEL: "debug", RSYNC_CONFIG: file, RSYNC_URL: "http://127.0.0.1:7400" };
    expect(await loadConfig({ file, environment })).toMatchObject({
      kind: "valid",
      config: { log: { level: "debug" }, drainTimeoutMs: 2_000, abandon: ["eu-west-1"] },
    });
    const empty = folder.write("empty.yaml", "# nothing yet\n");
    expect(await loadConfig({ file: empty, environment: {} })).toMatchObject({ kind: "valid" });
  });

  it("can each be set by a variable", async () => {
    expect(new Set(ownVariables.map(({ path }) => path[0]))).toEqual(new Set(ownKeys));
    const config = await valid(
      {},
      {
        RSYNC_LISTEN_APP: "[::1]:1",
        RSYNC_LISTEN_PEER: "0.0.0.0:2",
        RSYNC_STORE: "memory:",
        RSYNC_STORE_BYTES_MAX: "5000000",
        RSYNC_LOG_LEVEL: "error",
        RSYNC_LOG_FORMAT: "text",
        RSYNC_LOG_RECEIPTS: "true",
        RSYNC_INSECURE: "true",
        RSYNC_ABANDON: '["a","b"]',
        RSYNC_DRAIN_TIMEOUT: "500",
        RSYNC_LANES: '{"windowMax":2,"cooldownInitial":"1s"}',
      },
    );
    expect(config).toMatchObject({
      listen: { app: { host: "::1", port: 1 }, peer: { host: "0.0.0.0", port: 2 } },
      store: { kind: "memory" },
      log: { level: "error", format: "text", receipts: true },
      storeBytesMax: 5_000_000,
      insecure: true,
      abandon: ["a", "b"],
      drainTimeoutMs: 500,
      lanes: { windowMax: 2, cooldownInitialMs: 1_000 },
    });
  });

  it("are refused one by one, all at once, with where and what", async () => {
    const found = await problems({
      listen: { app: "7400", peer: "127.0.0.1:70000", admin: "x" },
      store: 7,
      storeBytesMax: 1_000,
      log: "loud",
      insecure: "yes",
      abandon: "eu-west-1",
      drainTimeout: "soon",
      lanes: { windowMax: 0, windowmax: 3, queuedBytesMax: 1, cooldownInitial: "9s", cooldownMax: "1s" },
      drainTimout: "5s",
    });
    for (const [path, message] of [
      ["listen.app", 'must be host:port, such as "127.0.0.1:7400"'],
      ["listen.peer", "must be host:port"],
      ["listen.admin", 'Unknown key "admin" (known are app, peer)'],
      ["store", "store must be sqlite:PATH or memory:"],
      ["storeBytesMax", "must be a whole number from 1048576"],
      ["log", "log must be an object with level, format, receipts"],
      ["insecure", "must be true or false"],
      ["abandon", "must be a list of texts"],
      ["drainTimeout", "must be milliseconds or a text"],
      ["lanes.windowMax", "must be a whole number from 1 to 256"],
      ["lanes.windowmax", 'did you mean "windowMax"?'],
      ["lanes.queuedBytesMax", "must be a whole number from 65536"],
      ["lanes.cooldownInitial", "must not be longer than lanes.cooldownMax"],
      ["drainTimout", 'did you mean "drainTimeout"?'],
    ]) {
      expect(found).toContainEqual(expect.stringMatching(new RegExp(`^${path}: .*`)));
      expect(found.find((problem) => problem.startsWith(`${path}: `))).toContain(message);
    }
    expect(found).toHaveLength(14);
  });

  it("give each listener a port of its own", async () => {
    const same = { app: "127.0.0.1:7400", peer: "localhost:7400" };
    expect(await problems({ listen: same })).toEqual([expect.stringContaining("and so is listen.app")]);
    expect(await problems({ listen: { app: "127.0.0.1:0", peer: "127.0.0.1:0" } })).toEqual([]);
  });

  it("warn of a store in memory whose vote never counts", async () => {
    const kinds = async (content: object) =>
      (await valid({ store: "memory:", ...content })).warnings.map(({ kind }) => kind);
    const synced = { crossRegionSyncEnabled: true, regions: [{ regionId: "b", endpoint: "http://b.example" }] };
    expect(await kinds(synced)).toContain("memoryDoesNotVote");
    expect(await kinds({ ...synced, requireDurable: false })).not.toContain("memoryDoesNotVote");
    expect(await kinds({})).not.toContain("memoryDoesNotVote");
  });

  it("keep the peer side on loopback unless somebody says otherwise", async () => {
    for (const peer of ["0.0.0.0:7401", "[::]:7401", "10.0.0.1:7401", "sidecar.example.com:7401"]) {
      expect(await problems({ listen: { peer } })).toEqual([expect.stringContaining("nothing authenticates them")]);
      expect(await problems({ listen: { peer }, insecure: true })).toEqual([]);
    }
    for (const peer of ["127.0.0.1:0", "127.9.9.9:1", "[::1]:7401", "localhost:7401"]) {
      expect(await problems({ listen: { peer } })).toEqual([]);
    }
  });

  it("show of a store that is not known only its scheme: the rest may hold a password", async () => {
    const [problem] = await problems({ store: "mysql://user:secret@db/receipts" });
    expect(problem).toContain("no store for mysql:");
    expect(problem).not.toContain("secret");
  });

  it("tell a file that can not be read", async () => {
    const broken = folder.write("broken.yaml", "a: [1,\n");
    for (const file of [broken, folder.write("broken.json", "{"), folder.file("missing.yaml")]) {
      expect(await loadConfig({ file, environment: {} })).toEqual({
        kind: "invalid",
        problems: [{ path: "", message: expect.stringContaining(`${file} can not be read: `) }],
      });
    }
  });
});

describe("a reload", () => {
  it.each([
    [{}, {}, []],
    [{}, { lanes: { windowMax: 17 } }, ["lanes.windowMax"]],
    [{ lanes: { windowMax: 17 } }, {}, []],
    [{ lanes: { windowMax: 17 } }, { lanes: { windowMax: 2 } }, []],
    [{}, { log: { level: "warn", receipts: true }, drainTimeout: "1s" }, []],
    [{}, { log: { format: "text" }, storeBytesMax: 2_000_000 }, ["storeBytesMax", "log.format"]],
    [{}, { listen: { app: "127.0.0.1:1", peer: "127.0.0.1:2" } }, ["listen.app", "listen.peer"]],
  ])("from %j to %j leaves %j to the next start", async (started, next, keys) => {
    expect(keysThatNeedRestart(await valid(started), await valid(next))).toEqual(keys);
  });
});
