/** One region as a service that has the library inside. */
import { join } from "node:path";
import { ReceiptSyncManager } from "@rsync/node";
import { sqliteStore } from "@rsync/store-sqlite";
import { closeServer, listenOnLoopback } from "../regions/listen-on-loopback.ts";
import { strictly } from "../regions/region-names.ts";
import { serveRegion } from "../regions/serve-region.ts";
import { peerServer } from "./peer-server.ts";
import { submitInProcess } from "./submit-in-process.ts";

serveRegion(async ({ regionId, folder, port: wanted }) => {
  let manager: ReceiptSyncManager | undefined;
  const server = peerServer(() => manager?.receiver);
  const port = await listenOnLoopback(server, wanted);
  return {
    port,
    join: async (others) => {
      const store = await sqliteStore(join(folder, "receipts.db"), { regionId });
      const joined = await ReceiptSyncManager.create(
        { region: regionId, crossRegionSyncEnabled: true, regions: others.map(strictly), quorumThreshold: 2 },
        { store, logger: ({ level, message }) => level === "info" || console.error(`${regionId}: ${message}`) },
      );
      manager = joined;
      return {
        submit: (receipts) => submitInProcess(joined, receipts),
        missing: async () => Math.max(...(await joined.getSyncStatus()).map(({ missing }) => missing)),
        held: async () => (await store.count()).rows,
        close: async () => {
          await closeServer(server);
          await joined.close();
        },
      };
    },
  };
});
