/** A log that can not be written any more ends the process; nothing more is acknowledged, and nothing acknowledged is lost. */
import { describe, expect, it } from "vitest";
import { submit } from "./app-client.ts";
import { receiptText } from "./receipt-text.ts";
import { heldIds } from "./receipts.ts";
import { startSidecar } from "./start-sidecar.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();

describe("a store that fails while running", () => {
  it("is told, and ends the process with code 3", async () => {
    const environment = {
      RSYNC_LISTEN_APP: "127.0.0.1:0",
      RSYNC_LISTEN_PEER: "127.0.0.1:0",
      RSYNC_STORE: `sqlite:${folder.file("failing.db")}`,
    };
    // No file may grow beyond half a megabyte: a write that fails, and not for want of space.
    const sidecar = await startSidecar([], environment, "ulimit -f 1000");
    const acknowledged = new Set<string>();
    const statuses = new Set<number>();
    for (let number = 1; !statuses.has(503) && !statuses.has(0); number += 1) {
      const ids = Array.from({ length: 20 }, (_, index) => `load-${number}-${index}`);
      const replies = await Promise.all(
        ids.map((id) => submit(sidecar.app, receiptText(id)).catch(() => ({ status: 0 }))),
      );
      for (const [index, { status }] of replies.entries()) {
        statuses.add(status);
        if (status === 200) acknowledged.add(ids[index] ?? "");
      }
    }
    expect([...statuses].filter((status) => ![200, 503, 0].includes(status))).toEqual([]);
    const { code, stderr } = await sidecar.exit;
    expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
    expect(await sidecar.line(/^The store failed, nothing more is acknowledged: /)).toMatchObject({
      level: "error",
      kind: "failed",
    });
    const again = await startSidecar([], environment);
    const held = await heldIds(again.app);
    expect(acknowledged.size).toBeGreaterThan(100);
    expect([...acknowledged].filter((id) => !held.has(id))).toEqual([]);
  });
});
