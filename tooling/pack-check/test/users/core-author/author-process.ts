/** Core alone, with a transport and a store of one's own: one receipt, three regions, a quorum of all, one of them away. */
import { createHash } from "node:crypto";
import {
  canonicalBytes,
  createTally,
  decide,
  parseConfig,
  parseWireReceipt,
  stepTally,
  type TallyEvent,
} from "@rsync/core";
import { CourierTransport, type Mailbox } from "./courier-transport.ts";
import { Delivery, type World } from "./delivery.ts";
import { ShelfStore } from "./shelf-store.ts";

const parsed = parseConfig({
  region: "home",
  crossRegionSyncEnabled: true,
  regions: [
    { regionId: "north", endpoint: "http://north.example" },
    { regionId: "south", endpoint: "http://south.example" },
  ],
  quorum: "all",
});
if (parsed.kind === "invalid") throw new Error(JSON.stringify(parsed.problems));
const { region, regions, policy, retryBackoffInitialMs, retryBackoffMaxMs, retryJitter, maxRetries } = parsed.config;

const wire = `{"receipt_id":"r-1","transaction_id":"t-1","hash":"c0ffee","ticks":7,"span_id":18446744073709551615,"committed":true}`;
const read = parseWireReceipt(wire);
if (read.kind !== "parsed") throw new Error(JSON.stringify(read));

const boxes = new Map<string, Mailbox>();
for (const { regionId } of regions) {
  const introduction = { regionId, store: { storeId: `box-${regionId}`, epoch: "1", position: 0 }, refilling: false };
  boxes.set(regionId, { introduction, letters: new Map(), shutFor: regionId === "south" ? 2 : 0 });
}
const regionIds = [region, ...boxes.keys()];
const tally = createTally({ policies: [policy], waitFor: "quorum", regionIds });
const world: World = {
  store: new ShelfStore(region),
  transport: new CourierTransport(boxes),
  signal: new AbortController().signal,
  tell: (event: TallyEvent) => stepTally(tally, event, 0),
  nowMs: 0,
  rules: {
    backoff: { initialMs: retryBackoffInitialMs, maxMs: retryBackoffMaxMs, jitter: retryJitter },
    openAfterFailures: 5,
    maxRetries,
    cooldownInitialMs: 5_000,
    cooldownMaxMs: 30_000,
    pauseProbeMs: 30_000,
    windowMax: 4,
    singlesWindowMax: 4,
    receiptsPerRequestMax: 1,
    backlogDelayMs: 100,
    besideLiveRestMs: 0.02,
    batchRetryMs: 600_000,
    suspectAfterFailures: 4,
    requestBytesMax: 65_536,
    gatherMs: 2,
    queuedReceiptsMax: 100,
    queuedBytesMax: 65_536,
    readRowsMax: 10,
    readRetryMs: 1_000,
  },
};

const deliveries = regions.map(({ regionId }) => new Delivery(regionId, world));
const digest = createHash("sha256").update(canonicalBytes(read.receipt)).digest("hex");
const timestamp = "2026-01-01T00:00:00Z";
const [appended] = await world.store.append([{ kind: "own", receipt: read.receipt, digest, timestamp }]);
if (appended?.kind !== "stored") throw new Error(JSON.stringify(appended));
world.tell({ kind: "confirmed", regionId: region, storeId: "shelf", durability: "memory", atMs: 0 });
for (const delivery of deliveries) await delivery.step({ kind: "appended", rows: [appended.row] });

while (decide(tally) === undefined) {
  world.nowMs = Math.min(...deliveries.flatMap(({ wakeAtMs }) => wakeAtMs ?? []));
  for (const delivery of deliveries) await delivery.step({ kind: "woke" });
}
const held = [...boxes].map(([regionId, { letters }]) => [regionId, letters.get("r-1")?.spanId.toString()]);
console.log(JSON.stringify({ outcome: decide(tally), atMs: world.nowMs, held, rows: await world.store.count() }));
await world.transport.close();
await world.store.close();
