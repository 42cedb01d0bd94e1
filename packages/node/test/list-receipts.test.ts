/** Reading this region's own log through the manager. */
import type { LogLine } from "@rsync/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { fetchHandler, type ManagerParts, memoryStore, ReceiptSyncManager } from "../src/index.ts";

async function aloneManager(parts: Partial<ManagerParts> = {}): Promise<ReceiptSyncManager> {
  const manager = await ReceiptSyncManager.create({}, { store: memoryStore({ regionId: "us-east-1" }), ...parts });
  onTestFinished(() => manager.close());
  return manager;
}

const receipt = (receiptId: string) => ({
  receiptId,
  transactionId: "tx-456",
  hash: "01020304",
  ticks: 42,
  spanId: 789,
  committed: true,
});

describe("get", () => {
  it("gives the newest state held, and nothing for an id that is not", async () => {
    const manager = await aloneManager();
    await manager.syncReceipt({ ...receipt("a"), committed: false });
    await manager.syncReceipt(receipt("a"));
    expect(await manager.get("a")).toMatchObject({ own: true, record: { receiptId: "a", committed: true } });
    expect(await manager.get("b")).toBeUndefined();
  });
});

describe("list", () => {
  it("pages through the log in the order of the commits, and says where the next page begins", async () => {
    const manager = await aloneManager();
    for (const id of ["a", "b", "c", "d"]) await manager.syncReceipt(receipt(id));
    const first = await manager.list({ limit: 3 });
    expect(first.rows.map(({ record }) => record.receiptId)).toEqual(["a", "b", "c"]);
    expect(first.next).toBe(first.rows.at(-1)?.position);
    const second = await manager.list({ after: first.next });
    expect(second.rows.map(({ record }) => record.receiptId)).toEqual(["d"]);
    expect(second.next).toBeUndefined();
    expect(await manager.list({ after: 1_000 })).toEqual({ rows: [], next: undefined });
  });

  it("ends exactly at the end of the log, not one page later", async () => {
    const manager = await aloneManager();
    for (const id of ["a", "b"]) await manager.syncReceipt(receipt(id));
    expect((await manager.list({ limit: 2 })).next).toBeUndefined();
  });

  it("refuses positions and limits that are none", async () => {
    const manager = await aloneManager();
    await expect(manager.list({ after: -1 })).rejects.toMatchObject({ option: "after" });
    await expect(manager.list({ limit: 0 })).rejects.toMatchObject({ option: "limit" });
  });

  it("rejects once the manager is closed, like every call", async () => {
    const manager = await aloneManager();
    await manager.close();
    await expect(manager.list()).rejects.toMatchObject({ kind: "closed" });
    await expect(manager.get("a")).rejects.toMatchObject({ kind: "closed" });
  });
});

describe("the parts of a manager", () => {
  it("are looked at again at each reconfigure", async () => {
    const lines: LogLine[] = [];
    let listening = false;
    const manager = await ReceiptSyncManager.create(
      {},
      {
        store: memoryStore({ regionId: "us-east-1" }),
        get receiptLogger() {
          return listening ? (line: LogLine) => void lines.push(line) : undefined;
        },
      },
    );
    onTestFinished(() => manager.close());
    const enabled = {
      crossRegionSyncEnabled: true,
      regions: [{ regionId: "eu-west-1", endpoint: "http://127.0.0.1:1" }],
    };
    await manager.reconfigure(enabled);
    await manager.syncReceipt(receipt("a"), { waitFor: "none" });
    expect(lines).toEqual([]);
    listening = true;
    await manager.reconfigure(enabled);
    await manager.syncReceipt(receipt("b"), { waitFor: "none" });
    expect(lines.map(({ message }) => message)).toContain("Starting receipt sync for b to 1 regions (quorum: 1)");
  });
});

describe("a body that is no UTF-8", () => {
  it("is no JSON: with a letter replaced the id would be another one", async () => {
    const manager = await aloneManager();
    const handle = fetchHandler(manager.receiver);
    const text = JSON.stringify({ ...receipt("né"), receipt_id: "né" });
    const reply = await handle(
      new Request("http://127.0.0.1/receipt-sync", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: new Uint8Array(Buffer.from(text, "latin1")),
      }),
    );
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ type: "urn:receipt-sync:problem:not-json" });
  });
});
