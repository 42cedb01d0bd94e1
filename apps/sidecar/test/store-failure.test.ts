/** A log that turns out to be damaged while it is in use ends the process; nothing more is acknowledged. */
import { closeSync, openSync, statSync, writeSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { call } from "./app-client.ts";
import { submitMany } from "./receipts.ts";
import { startSidecar } from "./start-sidecar.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();

/** Overwrites everything behind the first page, where the rows are. */
function damage(path: string): void {
  const file = openSync(path, "r+");
  const { size } = statSync(path);
  writeSync(file, Buffer.alloc(size - 4_096, 0xa5), 0, size - 4_096, 4_096);
  closeSync(file);
}

describe("a store that fails while running", () => {
  it("is told, ends the process with code 3, and is set aside by the next one", async () => {
    const store = folder.file("damaged.db");
    const environment = {
      RSYNC_LISTEN_APP: "127.0.0.1:0",
      RSYNC_LISTEN_PEER: "127.0.0.1:0",
      RSYNC_STORE: `sqlite:${store}`,
    };
    const first = await startSidecar([], environment);
    await submitMany(first.app, "kept", 300);
    await first.end("SIGTERM");
    const second = await startSidecar([], environment);
    damage(store);
    // Reading notices, unless the background check was faster: then nobody answers any more.
    await call(second.app, "/api/v1/receipts?limit=1000").catch(() => undefined);
    const { code, stderr } = await second.exit;
    expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
    expect(await second.line(/^The store failed, nothing more is acknowledged: .*damaged/)).toMatchObject({
      level: "error",
      kind: "damaged",
    });
    const third = await startSidecar([], environment);
    expect(third.lines().some(({ msg }) => msg.includes("damaged"))).toBe(true);
    expect((await call(third.app, "/readyz")).status).toBe(200);
  });
});
