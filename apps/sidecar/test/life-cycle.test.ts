/** How a sidecar starts, reloads and ends. */
import { once } from "node:events";
import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { call, receiptPath, submit } from "./app-client.ts";
import { receiptText } from "./receipt-text.ts";
import { runSidecar, startSidecar } from "./start-sidecar.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { until } from "./until.ts";

const folder = temporaryFolder();
const anywhere = { app: "127.0.0.1:0", peer: "127.0.0.1:0" };

/** A region that takes what it is sent and does not answer before it is told to. */
async function hangingRegion(): Promise<{ readonly url: string; readonly asked: Promise<void>; release: () => void }> {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    if (request.method === "POST") resolve();
    await released;
    response.writeHead(503).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    release: () => {
      release();
      server.close();
      server.closeIdleConnections();
    },
  };
}

describe("SIGTERM", () => {
  it("drains also in the very moment of being ready", async () => {
    const config = folder.write("at-once.json", { listen: anywhere, store: `sqlite:${folder.file("at-once.db")}` });
    const sidecar = await startSidecar(["--config", config]);
    expect(await sidecar.end("SIGTERM")).toMatchObject({ code: 0 });
  });

  it("refuses what is new, finishes what is under way, keeps the rest and exits 0", async () => {
    const region = await hangingRegion();
    const config = folder.write("drain.json", {
      listen: anywhere,
      store: `sqlite:${folder.file("drain.db")}`,
      crossRegionSyncEnabled: true,
      quorumThreshold: 2,
      regions: [{ regionId: "eu-west-1", endpoint: region.url }],
      drainTimeout: "30s",
    });
    const sidecar = await startSidecar(["--config", config]);
    const waiting = submit(sidecar.app, receiptText("in-flight"), "?timeout=3s");
    await region.asked;
    sidecar.signal("SIGTERM");
    await sidecar.line(/^draining$/);
    const ready = await call(sidecar.app, "/readyz");
    expect(ready.status).toBe(503);
    const refused = await submit(sidecar.app, receiptText("too-late"));
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect((await call(sidecar.app, "/livez")).status).toBe(200);
    // Its own timeout ends the wait, not the signal.
    expect((await waiting).json).toMatchObject({ receipt_id: "in-flight", outcome: "pending" });
    region.release();
    expect(await sidecar.exit).toMatchObject({ code: 0, signal: null, stderr: "" });
    expect(sidecar.lines().at(-1)?.msg).toBe("stopped");
    const again = await startSidecar(["--config", config]);
    expect((await call(again.app, receiptPath("in-flight"))).status).toBe(200);
    expect((await call(again.app, receiptPath("too-late"))).status).toBe(404);
  });

  it("answers what is still under way at the limit with what is known, and a second one ends at once", async () => {
    const region = await hangingRegion();
    const config = (name: string, drainTimeout: string): string =>
      folder.write(`${name}.json`, {
        listen: anywhere,
        store: `sqlite:${folder.file(`${name}.db`)}`,
        crossRegionSyncEnabled: true,
        quorumThreshold: 2,
        regions: [{ regionId: "eu-west-1", endpoint: region.url }],
        drainTimeout,
      });
    const [brief, patient] = await Promise.all([
      startSidecar(["--config", config("brief", "100ms")]),
      startSidecar(["--config", config("patient", "1h")]),
    ]);
    const cut = submit(brief.app, receiptText("cut"));
    const lost = submit(patient.app, receiptText("lost")).catch(() => "connection lost");
    await until(
      () => Promise.all([call(brief.app, receiptPath("cut")), call(patient.app, receiptPath("lost"))]),
      (replies) => replies.every(({ status }) => status === 200),
    );
    brief.signal("SIGINT");
    expect((await cut).json).toMatchObject({ receipt_id: "cut", outcome: "pending" });
    expect(await brief.exit).toMatchObject({ code: 0 });
    patient.signal("SIGTERM");
    await patient.line(/^draining$/);
    expect(await patient.end("SIGTERM")).toMatchObject({ code: 143 });
    expect(await lost).toBe("connection lost");
    region.release();
  });
});

describe("SIGHUP", () => {
  it("takes a good configuration, refuses a bad one with its problems, and tells what needs a restart", async () => {
    const good = { region: "us-east-1", listen: anywhere, store: `sqlite:${folder.file("reload.db")}` };
    const config = folder.write("reload.json", good);
    const sidecar = await startSidecar(["--config", config]);
    const syncEnabled = async (): Promise<unknown> => (await call(sidecar.app, "/api/v1/region")).json["sync_enabled"];
    expect(await syncEnabled()).toBe(false);

    folder.write("reload.json", { ...good, quorumTreshold: 2, log: { level: "loud" }, crossRegionSyncEnabled: true });
    sidecar.signal("SIGHUP");
    const refused = await sidecar.line(/is refused, the old one stays/);
    expect(refused.level).toBe("error");
    expect(refused.msg).toContain('did you mean "quorumThreshold"?');
    expect(refused.msg).toContain("log.level must be debug, info, warn, error");
    expect(refused.msg).toContain("Cross-region sync enabled but no remote regions configured");
    expect(await syncEnabled()).toBe(false);

    folder.write("reload.json", {
      ...good,
      listen: { ...anywhere, app: "127.0.0.1:7999" },
      log: { receipts: true },
      crossRegionSyncEnabled: true,
      regions: [{ regionId: "eu-west-1", endpoint: "http://127.0.0.1:1" }],
    });
    sidecar.signal("SIGHUP");
    await sidecar.line(/^configuration reloaded$/);
    expect(await syncEnabled()).toBe(true);
    await sidecar.line(/^listen\.app has changed: it takes effect at the next start$/);
    expect((await submit(sidecar.app, receiptText("after-reload"))).json).toMatchObject({ outcome: "committed" });
    await sidecar.line(/^Starting receipt sync for after-reload to 1 regions \(quorum: 1\)$/);

    folder.write("reload.json", { ...good, region: "elsewhere" });
    sidecar.signal("SIGHUP");
    await sidecar.line(/region can not change while running/);
    folder.write("reload.json", "{");
    sidecar.signal("SIGHUP");
    await sidecar.line(/reload\.json can not be read/);
    expect((await call(sidecar.app, "/api/v1/region")).json).toMatchObject({ region: "us-east-1", sync_enabled: true });
  });

  it("keeps a region that is still owed receipts, unless it is abandoned by name", async () => {
    const file = "owed.json";
    const alone = { region: "us-east-1", listen: anywhere, store: `sqlite:${folder.file("owed.db")}` };
    const regions = [{ regionId: "eu-west-1", endpoint: "http://127.0.0.1:1" }];
    const config = folder.write(file, { ...alone, crossRegionSyncEnabled: true, regions });
    const sidecar = await startSidecar(["--config", config]);
    expect((await submit(sidecar.app, receiptText("owed"))).status).toBe(200);
    folder.write(file, alone);
    sidecar.signal("SIGHUP");
    await sidecar.line(/Region eu-west-1 is still owed up to 1 receipts/);
    await sidecar.end("SIGTERM");
    const refused = await runSidecar(["--config", config]);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toMatch(/^receipt-sidecar: Region eu-west-1 is still owed up to 1 receipts [^\n]*\n$/);
    folder.write(file, { ...alone, abandon: ["eu-west-1"] });
    expect((await startSidecar(["--config", config])).lines()[0]?.msg).toContain("Receipt sidecar");
  });
});

describe("a start that is not possible", () => {
  it("is one clear line for a port in use, and for a store that is open already", async () => {
    const first = await startSidecar([], {
      RSYNC_LISTEN_APP: "127.0.0.1:0",
      RSYNC_LISTEN_PEER: "127.0.0.1:0",
      RSYNC_STORE: `sqlite:${folder.file("busy.db")}`,
    });
    const { host } = new URL(first.app);
    const [port, store] = await Promise.all([
      runSidecar([], { RSYNC_LISTEN_APP: host, RSYNC_LISTEN_PEER: "127.0.0.1:0", RSYNC_STORE: "memory:" }),
      runSidecar([], {
        RSYNC_LISTEN_APP: "127.0.0.1:0",
        RSYNC_LISTEN_PEER: "127.0.0.1:0",
        RSYNC_STORE: `sqlite:${folder.file("busy.db")}`,
      }),
    ]);
    expect(port.code).toBe(5);
    expect(port.stderr).toBe(
      `receipt-sidecar: listen.app: ${host} is in use by another program: stop it, or choose another port\n`,
    );
    expect(store.code).toBe(1);
    expect(store.stderr).toMatch(/^receipt-sidecar: The receipt log [^\n]*busy\.db is already open[^\n]*\n$/);
  });

  it("is one clear line for a file that is no log, and for a folder that is missing", async () => {
    const notALog = folder.write("not-a-log.db", "just text, long enough to be looked at as a database of some kind");
    const [file, place] = await Promise.all(
      [notALog, folder.file("missing/receipts.db")].map((path) =>
        runSidecar([], {
          RSYNC_LISTEN_APP: "127.0.0.1:0",
          RSYNC_LISTEN_PEER: "127.0.0.1:0",
          RSYNC_STORE: `sqlite:${path}`,
        }),
      ),
    );
    for (const ended of [file, place]) {
      expect(ended?.code).toBe(1);
      expect(ended?.stderr).toMatch(/^receipt-sidecar: [^\n]+\n$/);
    }
  });

  it("names every problem of the configuration at once", async () => {
    const config = folder.write("wrong.yaml", "region: ''\nlisten: { ap: 1, peer: '0.0.0.0:7401' }\nstore: oracle:x\n");
    const { code, stderr } = await runSidecar(["--config", config], { RSYNC_QUORUM_TRESHOLD: "2" });
    expect(code).toBe(1);
    expect(stderr.trim().split("\n").sort()).toEqual([
      "receipt-sidecar: RSYNC_QUORUM_TRESHOLD belongs to no key (did you mean RSYNC_QUORUM_THRESHOLD?)",
      'receipt-sidecar: listen.ap: Unknown key "ap" (did you mean "app"?)',
      expect.stringMatching(/^receipt-sidecar: listen\.peer is 0\.0\.0\.0:7401, which other machines can reach/),
      "receipt-sidecar: region: Region identifier cannot be empty",
      "receipt-sidecar: store must be sqlite:PATH or memory:; this release has no store for oracle:",
    ]);
    const missing = await runSidecar([], { RSYNC_CONFIG: folder.file("none.yaml") });
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("none.yaml can not be read") });
  });
});

describe("the command line", () => {
  it("helps, tells its version, and refuses what it does not know", async () => {
    const [help, version, unknown] = await Promise.all([
      runSidecar(["--help"]),
      runSidecar(["--version"]),
      runSidecar(["--confg", "x"]),
    ]);
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining("--config FILE") });
    expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("--confg") });
  });

  it("checks a configuration and prints what it resolves to", async () => {
    const config = folder.write("checked.yaml", "region: here\nlisten:\n  app: '[::1]:7400'\n");
    const { code, stdout, stderr } = await runSidecar(["--check", "--config", config], {
      RSYNC_STORE: "memory:",
      RSYNC_LANES: '{"windowMax":8}',
      RSYNC_DRAIN_TIMEOUT: "3s",
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    expect(JSON.parse(stdout)).toMatchObject({
      region: "here",
      listen: { app: "[::1]:7400", peer: "127.0.0.1:7401" },
      store: "memory:",
      lanes: { windowMax: 8 },
      drainTimeoutMs: 3_000,
    });
  });

  it("checks a configuration for machines: one JSON object, valid or not", async () => {
    const valid = folder.write("valid.json", {
      crossRegionSyncEnabled: true,
      regions: [{ regionId: "eu-west-1", endpoint: "http://127.0.0.1:1" }],
    });
    const invalid = folder.write("invalid.json", {
      region: "",
      stroe: "x",
      listen: { app: 5 },
      log: { level: "a\nb" },
    });
    const [good, bad, misused] = await Promise.all([
      runSidecar(["--check", "--json", "--config", valid]),
      runSidecar(["--check", "--json", "--config", invalid]),
      runSidecar(["--json"]),
    ]);
    expect(good).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(good.stdout)).toEqual({
      valid: true,
      config: expect.objectContaining({ region: "us-east-1", drainTimeoutMs: 10_000 }),
      problems: [],
      warnings: expect.arrayContaining([expect.objectContaining({ kind: "localRegionSuffices" })]),
    });
    expect(bad).toMatchObject({ code: 1, stderr: "" });
    expect(JSON.parse(bad.stdout)).toEqual({
      valid: false,
      config: null,
      problems: expect.arrayContaining([
        { path: "region", message: "Region identifier cannot be empty" },
        { path: "stroe", message: expect.stringContaining('did you mean "store"?') },
        { path: "listen.app", message: expect.stringContaining("must be host:port") },
        { path: "log.level", message: "log.level must be debug, info, warn, error" },
      ]),
      warnings: [],
    });
    expect(misused).toMatchObject({ code: 2, stderr: expect.stringContaining("--json goes with --check") });
  });
});
