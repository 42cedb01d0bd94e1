/** A script that waits for a region which never answers, and has nothing else to do. Prints how the wait ended. */
import { memoryStore, ReceiptSyncManager } from "@rsync/node";
import { receipt } from "./loopback-deployment.ts";

const manager = await ReceiptSyncManager.create(
  {
    region: "us-east-1",
    crossRegionSyncEnabled: true,
    regions: [{ regionId: "us-west-1", endpoint: "http://127.0.0.1:9" }],
    quorumThreshold: 2,
    requireDurable: false,
    retryBackoffInitial: "10s",
    retryBackoffMax: "10s",
  },
  { store: memoryStore({ regionId: "us-east-1" }) },
);
const { outcome } = await manager.syncReceipt(receipt(1), { timeout: "300ms" });
console.log(outcome);
