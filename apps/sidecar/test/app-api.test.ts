/** What a service and an operator get from one sidecar, status by status. */
import { beforeAll, describe, expect, it } from "vitest";
import { call, receiptPath, submit } from "./app-client.ts";
import { receiptText } from "./receipt-text.ts";
import { type SidecarProcess, startSidecar } from "./start-sidecar.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
let sidecar: SidecarProcess;

beforeAll(async () => {
  const config = folder.write("config.json", {
    region: "us-east-1",
    listen: { app: "127.0.0.1:0", peer: "127.0.0.1:0" },
    store: `sqlite:${folder.file("receipts.db")}`,
    crossRegionSyncEnabled: true,
    quorumThreshold: 1,
    // Nobody listens there.
    regions: [{ regionId: "eu-west-1", endpoint: "http://127.0.0.1:1" }],
  });
  sidecar = await startSidecar(["--config", config]);
});

describe("submitting one receipt", () => {
  it("answers 200 with the result in snake_case once a quorum holds it", async () => {
    const reply = await submit(sidecar.app, receiptText("committed-1"));
    expect(reply.status).toBe(200);
    expect(reply.headers.get("x-rsync-outcome")).toBe("committed");
    expect(reply.json).toMatchObject({
      receipt_id: "committed-1",
      committed: true,
      outcome: "committed",
      quorum_achieved: true,
      synced_regions: 1,
      total_regions: 2,
    });
    expect(reply.json["digest"]).toMatch(/^[0-9a-f]{64}$/);
    expect(reply.json["policy_digest"]).toMatch(/^[0-9a-f]{64}$/);
    expect(reply.json["regions"]).toContainEqual(
      expect.objectContaining({ region_id: "us-east-1", vote: "confirmed", attempts: 0, durability: "fsync" }),
    );
  });

  it("answers 409 to other content under the same id, and keeps both", async () => {
    await submit(sidecar.app, receiptText("conflict-1"));
    const reply = await submit(sidecar.app, receiptText("conflict-1", { ticks: "43" }));
    expect(reply.status).toBe(409);
    expect(reply.headers.get("x-rsync-outcome")).toBe("refused");
    expect(reply.json).toMatchObject({ outcome: "refused", quorum_achieved: false, synced_regions: 0 });
    const held = await call(sidecar.app, receiptPath("conflict-1"));
    expect(held.json["ticks"]).toBe(42);
    const digest = String(reply.json["digest"]);
    const kept = await call(sidecar.app, `${receiptPath("conflict-1")}/quorum?wait=quorum&digest=${digest}`);
    expect(kept.status).toBe(409);
    expect(kept.json).toMatchObject({ outcome: "refused", digest });
  });

  it("takes the same receipt any number of times, also at once", async () => {
    const text = receiptText("twice-1");
    const replies = await Promise.all(Array.from({ length: 20 }, () => submit(sidecar.app, text)));
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    const { json } = await call(sidecar.app, "/api/v1/receipts?limit=1000");
    const rows = Array.isArray(json["receipts"]) ? json["receipts"] : [];
    expect(rows.filter((row) => row.receipt_id === "twice-1")).toHaveLength(1);
  });

  it("takes an upgrade to committed, and answers a stale copy with what is held", async () => {
    const before = await submit(sidecar.app, receiptText("upgrade-1", { committed: "false" }));
    expect(before.json["committed"]).toBe(false);
    const upgraded = await submit(sidecar.app, receiptText("upgrade-1"));
    expect(upgraded.json).toMatchObject({ committed: true, digest: before.json["digest"] });
    const stale = await submit(sidecar.app, receiptText("upgrade-1", { committed: "false" }));
    expect(stale.status).toBe(200);
    expect(stale.json["committed"]).toBe(true);
    const held = await call(sidecar.app, receiptPath("upgrade-1"));
    expect(held.json["committed"]).toBe(true);
    expect(held.headers.get("etag")).toBe(`"${before.json["digest"]}-1"`);
  });

  it("ignores what the sender writes on the envelope", async () => {
    const text = receiptText("envelope-1", {
      timestamp: '"1999-01-01T00:00:00Z"',
      source_region: '"elsewhere"',
      source_seq: "7",
      more: "{}",
    });
    expect((await submit(sidecar.app, text)).status).toBe(200);
    const { json } = await call(sidecar.app, receiptPath("envelope-1"));
    expect(json).toMatchObject({ source_region: "us-east-1", source_seq: expect.any(Number) });
    expect(json["timestamp"]).not.toContain("1999");
    expect(json).not.toHaveProperty("more");
  });

  it("refuses parameters that it does not know or can not read", async () => {
    const replies = await Promise.all(
      ["?wiat=all", "?wait=some", "?timeout=soon", "?timeout=0", "?wait=all&wait=none"].map((query) =>
        submit(sidecar.app, receiptText("query-1"), query),
      ),
    );
    expect(replies.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400]);
    expect(replies[0]?.json["detail"]).toContain("did you mean wait?");
    expect((await call(sidecar.app, receiptPath("query-1"))).status).toBe(404);
  });
});

describe("reading", () => {
  it("gives a receipt with envelope, digest and position, and 304 to who has it", async () => {
    const submitted = await submit(sidecar.app, receiptText("read-1"));
    const reply = await call(sidecar.app, receiptPath("read-1"));
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({
      receipt_id: "read-1",
      transaction_id: "tx-456",
      hash: "01020304",
      ticks: 42,
      span_id: 789,
      committed: true,
      source_region: "us-east-1",
      digest: submitted.json["digest"],
      own: true,
      position: expect.any(Number),
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    const etag = reply.headers.get("etag") ?? "";
    const again = await call(sidecar.app, receiptPath("read-1"), { headers: { "if-none-match": etag } });
    expect(again.status).toBe(304);
  });

  it("says 404 with a problem document for an id that it does not hold", async () => {
    const reply = await call(sidecar.app, receiptPath("never-seen"));
    expect(reply.status).toBe(404);
    expect(reply.headers.get("content-type")).toContain("application/problem+json");
    expect(reply.json).toMatchObject({ type: "urn:receipt-sync:problem:not-found", receipt_id: "never-seen" });
    const wait = await call(sidecar.app, `${receiptPath("never-seen")}/quorum?wait=quorum`);
    expect(wait.status).toBe(404);
  });

  it("pages through the log by position", async () => {
    for (const number of [1, 2, 3]) await submit(sidecar.app, receiptText(`page-${number}`));
    const all = await call(sidecar.app, "/api/v1/receipts?limit=1000");
    expect(all.json["next"]).toBeNull();
    const ids: unknown[] = [];
    for (let after: unknown = 0; after !== null; ) {
      const { json } = await call(sidecar.app, `/api/v1/receipts?after=${after}&limit=2`);
      const rows = Array.isArray(json["receipts"]) ? json["receipts"] : [];
      ids.push(...rows.map((row) => row.receipt_id));
      after = json["next"];
    }
    const rows = Array.isArray(all.json["receipts"]) ? all.json["receipts"] : [];
    expect(ids).toEqual(rows.map((row) => row.receipt_id));
    expect(ids.slice(-3)).toEqual(["page-1", "page-2", "page-3"]);
    for (const bad of ["after=-1", "after=x", "limit=0", "limit=1001", "limit=1.5", "page=2"]) {
      expect((await call(sidecar.app, `/api/v1/receipts?${bad}`)).status).toBe(400);
    }
  });

  it("compares what all regions hold", async () => {
    await submit(sidecar.app, receiptText("quorum-1"));
    const reply = await call(sidecar.app, `${receiptPath("quorum-1")}/quorum`);
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({ verdict: "satisfied", quorum_achieved: true, confirmed_regions: 1 });
    expect(reply.json["regions"]).toEqual([
      expect.objectContaining({ region_id: "us-east-1", finding: "same", confirmed: true }),
      expect.objectContaining({ region_id: "eu-west-1", finding: "unreachable", confirmed: false }),
    ]);
    const other = await call(sidecar.app, `${receiptPath("quorum-1")}/quorum?digest=${"0".repeat(64)}`);
    expect(other.json).toMatchObject({ quorum_achieved: false });
    for (const bad of ["digest=xyz", "committed=1", "timeout=5s"]) {
      expect((await call(sidecar.app, `${receiptPath("quorum-1")}/quorum?${bad}`)).status).toBe(400);
    }
  });
});

describe("everything else", () => {
  it("describes itself, its regions and their health", async () => {
    const region = await call(sidecar.app, "/api/v1/region");
    expect(region.json).toMatchObject({
      region: "us-east-1",
      version: expect.any(String),
      is_primary: true,
      sync_enabled: true,
      durability: "fsync",
      refilling: false,
      store: `sqlite:${folder.file("receipts.db")}`,
    });
    const regions = await call(sidecar.app, "/api/v1/regions");
    expect(regions.json["regions"]).toEqual([
      expect.objectContaining({ region_id: "eu-west-1", endpoint: "http://127.0.0.1:1", missing: expect.any(Number) }),
    ]);
    const health = await call(sidecar.app, "/api/v1/health");
    expect(health.json).toMatchObject({ total_regions: 1, quorum: true });
    expect((await call(sidecar.app, "/api/v1/dead-letters?region=eu-west-1&limit=5")).json).toEqual({
      dead_letters: [],
      next: null,
    });
  });

  it("is alive and ready although the other region is not", async () => {
    expect((await call(sidecar.app, "/livez")).status).toBe(200);
    const ready = await call(sidecar.app, "/readyz");
    expect(ready.status).toBe(200);
    expect(ready.json).toEqual({ status: "ready" });
  });

  it("accepts no loss where there is none, and only of the store that is named", async () => {
    const accepted = await call(sidecar.app, "/api/v1/accept-loss", { method: "POST" });
    expect(accepted.json).toMatchObject({ accepted: false, refilling: false });
    const body = JSON.stringify({ store_id: "another" });
    const other = await call(sidecar.app, "/api/v1/accept-loss", { method: "POST", body });
    expect(other.status).toBe(409);
    expect((await call(sidecar.app, "/api/v1/accept-loss", { method: "POST", body: "yes" })).status).toBe(400);
  });

  it("says which methods a path takes, and that there is no other path", async () => {
    const wrong = await call(sidecar.app, "/api/v1/receipts", { method: "DELETE" });
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get("allow")).toBe("GET, HEAD, POST");
    const nowhere = await call(sidecar.app, "/receipt-sync", { method: "POST", body: "{}" });
    expect(nowhere.status).toBe(404);
    expect(nowhere.json["type"]).toBe("urn:receipt-sync:problem:unknown-route");
  });

  it("lets no page of another origin act here", async () => {
    const headers = { "content-type": "application/json", origin: "http://evil.example" };
    const reply = await call(sidecar.app, "/api/v1/receipts", { method: "POST", headers, body: receiptText("csrf-1") });
    expect(reply.status).toBe(403);
    expect((await call(sidecar.app, receiptPath("csrf-1"))).status).toBe(404);
  });
});

describe("the peer side", () => {
  it("speaks the protocol between regions and nothing more", async () => {
    const headers = { "content-type": "application/json" };
    const body = receiptText("from-peer/1");
    const taken = await call(sidecar.peer, "/receipt-sync", { method: "POST", headers, body });
    expect(taken.json).toMatchObject({ status: "acknowledged", receipt_id: "from-peer/1", durability: "fsync" });
    const read = await call(sidecar.peer, receiptPath("from-peer/1"));
    expect(read.status).toBe(200);
    expect(read.headers.get("x-rsync-region")).toBe("us-east-1");
    expect((await call(sidecar.peer, "/receipt-sync")).status).toBe(405);
    for (const path of ["/api/v1/receipts", "/livez", "/api/v1/health", "/api/v1/receipts/%zz"]) {
      expect((await call(sidecar.peer, path)).status).toBe(404);
    }
    expect((await call(sidecar.app, receiptPath("from-peer/1"))).json).toMatchObject({
      source_region: "unknown",
      own: false,
    });
  });

  it("refuses what is no receipt", async () => {
    const push = (body: string | Uint8Array<ArrayBuffer>, type = "application/json") =>
      call(sidecar.peer, "/receipt-sync", { method: "POST", headers: { "content-type": type }, body });
    expect((await push("{")).status).toBe(400);
    expect((await push(Uint8Array.of(0x7b, 0xff, 0x7d))).status).toBe(400);
    expect((await push("{}")).status).toBe(422);
    expect((await push(receiptText("x"), "text/plain")).status).toBe(415);
    expect((await push(receiptText("x"), "nonsense")).status).toBe(415);
    expect((await push(" ".repeat(1_000_000))).status).toBe(413);
  });
});
