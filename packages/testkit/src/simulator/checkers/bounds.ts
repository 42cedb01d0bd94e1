/** I8: no more in flight than the limits allow, no batch larger, no id twice in one; time goes on; nothing is left after a close. */
import { formatWireReceipt, type ReceiptRecord } from "@rsync/core";
import type { Checker, Observation, WorldView } from "../observation.ts";

type Requested = Extract<Observation, { kind: "requested" }>;

export function bounds(): Checker {
  /** Links on which a batch was met by a server that knows none. */
  const singles = new Set<string>();
  return {
    name: "bounds",
    observe: (observation, world) => {
      if (observation.kind === "heard") {
        const { by, regionId, request, answer } = observation;
        const status = answer.kind === "failed" && answer.fault.kind === "status" ? answer.fault.status : 200;
        if (request.kind === "batch" && (status === 404 || status === 405)) singles.add(linkOf(by, regionId));
        return undefined;
      }
      if (observation.kind !== "requested") return undefined;
      const { request } = observation;
      if (request.kind === "batch") return inFlight(observation, world, false) ?? batch(request.records, world);
      if (request.kind !== "send") return undefined;
      return inFlight(observation, world, singles.has(linkOf(observation.from, observation.to)));
    },
  };
}

/** What is suspected to be poison, and a dead letter that is replayed, go beside the window: they may hang. */
const BESIDE_MAX = 2;

/** More connections only make up for what one receipt per request costs. Every region may have one request, whatever the others have. */
function inFlight(
  { from, to, inFlight: under, inFlightToAll }: Requested,
  world: WorldView,
  old: boolean,
): string | undefined {
  const { windowMax, singlesWindowMax, requestsInFlightMax } = world.options.laneLimits;
  const window = old ? Math.max(windowMax, singlesWindowMax) : windowMax;
  if (under > window + BESIDE_MAX)
    return `${from.regionId} has ${under} deliveries to ${to} in flight; the window is ${window}`;
  if (under <= 1 + BESIDE_MAX || inFlightToAll <= requestsInFlightMax) return undefined;
  return `${from.regionId} has ${inFlightToAll} deliveries in flight; ${requestsInFlightMax} are allowed`;
}

function batch(records: readonly ReceiptRecord[], world: WorldView): string | undefined {
  const { batchReceiptsMax, batchBytesMax } = world.options.laneLimits;
  if (records.length < 2) return `a batch of ${records.length} receipts`;
  if (records.length > batchReceiptsMax)
    return `a batch of ${records.length} receipts; ${batchReceiptsMax} are allowed`;
  const ids = new Set(records.map(({ receiptId }) => receiptId));
  const [first] = records;
  if (ids.size < records.length) return `one request names a receipt twice, of ${first?.receiptId} and others`;
  const bytes = records.reduce((sum, record) => sum + formatWireReceipt(record, record).length, 0);
  return bytes > batchBytesMax ? `a batch of ${bytes} bytes; ${batchBytesMax} are allowed` : undefined;
}

function linkOf({ regionId, incarnation }: Requested["from"], to: string): string {
  return `${regionId} ${incarnation} ${to}`;
}
