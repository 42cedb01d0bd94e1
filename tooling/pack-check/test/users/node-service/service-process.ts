/** Two services, each with the library inside: east submits, west is its second region. */
import { fetchHandler, ReceiptSyncManager } from "@rsync/node";
import { sqliteStore } from "@rsync/store-sqlite";
import { PeerServer } from "./peer-server.ts";

await using eastServer = new PeerServer();
await using westServer = new PeerServer();
const endpoints = { east: await eastServer.listen(), west: await westServer.listen() };

async function startManager(region: "east" | "west", other: "east" | "west"): Promise<ReceiptSyncManager> {
  return ReceiptSyncManager.create(
    {
      region,
      crossRegionSyncEnabled: true,
      regions: [{ regionId: other, endpoint: endpoints[other], protocol: "strict" }],
      quorum: "all",
    },
    { store: await sqliteStore(`${region}.db`, { regionId: region }) },
  );
}

await using west = await startManager("west", "east");
westServer.handler = fetchHandler(west.receiver);
await using east = await startManager("east", "west");
eastServer.handler = fetchHandler(east.receiver);

const { outcome, regions } = await east.syncReceipt({
  receiptId: "order 17/ä",
  transactionId: "payment-17",
  hash: "c0ffee",
  ticks: 7,
  spanId: 18_446_744_073_709_551_615n,
  committed: true,
});
const verified = await west.verifyQuorum("order 17/ä");
const inspected = await east.inspect("order 17/ä");
console.log(
  JSON.stringify({
    outcome,
    durability: regions.map((region) => [region.regionId, region.durability]),
    verified,
    found: inspected.regions.map((region) => [region.regionId, region.finding]),
  }),
);
