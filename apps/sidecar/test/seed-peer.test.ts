/** Regions from before Receipt Sync, which speak only the two requests of the seeds; and the seeds' configuration file. */
import { parseWireReceipt, type Receipt } from "@rsync/core";
import { seedOnlyPeer } from "@rsync/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, receiptPath, submit } from "./app-client.ts";
import { receiptText } from "./receipt-text.ts";
import { regionStatus } from "./receipts.ts";
import { type SidecarProcess, startSidecar } from "./start-sidecar.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
const peers = await Promise.all([seedOnlyPeer({ pathPrefix: "/west" }), seedOnlyPeer({ reads: "contents" })]);
const [west, europe] = peers;
let sidecar: SidecarProcess;

beforeAll(async () => {
  // The legacy file, key by key as in the seeds, with ours beside it.
  const config = folder.write(
    "legacy.yaml",
    `region: us-east-1
primary_region: us-east-1
cross_region_sync_enabled: true
receipt_sync_endpoints:
  - ${west.endpoint}
  - ${europe.endpoint}
quorum_threshold: 2
listen: { app: "127.0.0.1:0", peer: "127.0.0.1:0" }
store: sqlite:${folder.file("legacy.db")}
`,
  );
  sidecar = await startSidecar(["--config", config]);
});
afterAll(() => Promise.all(peers.map((peer) => peer.close())));

function receipt(text: string): Receipt {
  const parsed = parseWireReceipt(text);
  if (parsed.kind !== "parsed") throw new Error("no receipt");
  return parsed.receipt;
}

describe("the legacy configuration file", () => {
  it("makes region ids from the endpoints", async () => {
    const { json } = await call(sidecar.app, "/api/v1/regions");
    expect(json["regions"]).toEqual([
      expect.objectContaining({ region_id: new URL(west.endpoint).host, endpoint: west.endpoint, weight: 1 }),
      expect.objectContaining({ region_id: new URL(europe.endpoint).host, endpoint: europe.endpoint }),
    ]);
    expect((await call(sidecar.app, "/api/v1/region")).json).toMatchObject({ primary_region: "us-east-1" });
  });
});

describe("a region of the seeds", () => {
  it("takes receipts in the form it knows, without any header of ours in its way", async () => {
    const reply = await submit(sidecar.app, receiptText("to-seed", { span_id: "18446744073709551615" }), "?wait=all");
    expect(reply.json).toMatchObject({ outcome: "committed", synced_regions: 3, total_regions: 3 });
    const [delivery] = west.received("to-seed");
    expect(JSON.parse(delivery?.body ?? "{}")).toMatchObject({
      receipt_id: "to-seed",
      transaction_id: "tx-456",
      hash: "01020304",
      ticks: 42,
      committed: true,
      source_region: "us-east-1",
    });
    expect(delivery?.receipt.spanId).toBe(18446744073709551615n);
    expect(await regionStatus(sidecar.app, new URL(west.endpoint).host)).toMatchObject({ unproven: true });
  });

  it("is verified by its bare yes, or by contents where it gives them", async () => {
    await submit(sidecar.app, receiptText("asked"), "?wait=all");
    const { json } = await call(sidecar.app, `${receiptPath("asked")}/quorum`);
    expect(json).toMatchObject({ quorum_achieved: true, confirmed_regions: 3 });
    const regions: readonly { readonly finding: string }[] = Array.isArray(json["regions"]) ? json["regions"] : [];
    expect(regions.map(({ finding }) => finding)).toEqual(["same", "present", "same"]);
  });

  it("can be the origin: a retry with another timestamp is the same receipt", async () => {
    for (const attempt of [1, 2]) {
      const submission = await west.submit(receipt(receiptText("from-seed")), sidecar.peer);
      expect(submission, `attempt ${attempt}`).toEqual({ kind: "acknowledged", attempts: 1 });
    }
    const held = await call(sidecar.app, receiptPath("from-seed"));
    expect(held.json).toMatchObject({ source_region: "primary", own: false });
    expect(held.json).not.toHaveProperty("source_store");
    const other = await west.submit(receipt(receiptText("from-seed", { ticks: "1" })), sidecar.peer);
    expect(other).toMatchObject({ kind: "failed", status: 409 });
  });
});
