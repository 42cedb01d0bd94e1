/** Two configured regions that are one and the same store count once. */
import { describe, expect, it } from "vitest";
import { submit } from "./app-client.ts";
import { receiptText } from "./receipt-text.ts";
import { regionStatus } from "./receipts.ts";
import { startSidecar } from "./start-sidecar.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { until } from "./until.ts";

const folder = temporaryFolder();

describe("two configured regions that are the same store", () => {
  it("are one vote, whatever their aliases say, and the second one is told", async () => {
    const peer = await startSidecar([], {
      RSYNC_REGION: "real",
      RSYNC_LISTEN_APP: "127.0.0.1:0",
      RSYNC_LISTEN_PEER: "127.0.0.1:0",
      RSYNC_STORE: `sqlite:${folder.file("real.db")}`,
    });
    const { port } = new URL(peer.peer);
    const config = folder.write("main.json", {
      region: "here",
      crossRegionSyncEnabled: true,
      // The legacy form makes the ids from these; both lead to the same process.
      receiptSyncEndpoints: [`http://127.0.0.1:${port}/`, `http://localhost:${port}`],
      quorumThreshold: 3,
      retryBackoffInitial: "20ms",
      lanes: { pauseProbe: "100ms" },
      listen: { app: "127.0.0.1:0", peer: "127.0.0.1:0" },
      store: `sqlite:${folder.file("main.db")}`,
    });
    const sidecar = await startSidecar(["--config", config]);
    const reply = await submit(sidecar.app, receiptText("once"));
    expect(reply.status).toBe(202);
    expect(reply.json).toMatchObject({ outcome: "pending", synced_regions: 2, total_regions: 3 });
    const paused = await sidecar.line(/paused until somebody mends it/);
    expect(paused.level).toBe("error");
    expect([`127.0.0.1:${port}`, "localhost"]).toContain(paused["region"]);
    const status = await until(
      () => regionStatus(sidecar.app, String(paused["region"])),
      ({ health }) => health === "paused",
    );
    expect(status["trouble"]).toEqual(expect.any(String));
  });

  it("are no vote under the name of a region that they are not", async () => {
    const peer = await startSidecar([], {
      RSYNC_REGION: "real",
      RSYNC_LISTEN_APP: "127.0.0.1:0",
      RSYNC_LISTEN_PEER: "127.0.0.1:0",
      RSYNC_STORE: `sqlite:${folder.file("real-2.db")}`,
    });
    const config = folder.write("named.json", {
      region: "here",
      crossRegionSyncEnabled: true,
      regions: [{ regionId: "other", endpoint: peer.peer }],
      quorumThreshold: 2,
      listen: { app: "127.0.0.1:0", peer: "127.0.0.1:0" },
      store: `sqlite:${folder.file("named.db")}`,
    });
    const sidecar = await startSidecar(["--config", config]);
    const reply = await submit(sidecar.app, receiptText("mistaken"));
    expect(reply.json).toMatchObject({ outcome: "pending", synced_regions: 1 });
    expect(reply.text).toContain("real");
    await sidecar.line(/Region other paused until somebody mends it/);
  });
});
