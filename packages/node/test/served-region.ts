/** One region whose receiving side is asked as a server would ask it. */
import type { ReceiptStore } from "@rsync/core";
import { fetchHandler } from "@rsync/node";
import { EAST, type LoopbackDeployment } from "./loopback-deployment.ts";

/** A receipt as the seeds write it. */
export const WIRE = {
  receipt_id: "abc123",
  transaction_id: "tx-456",
  hash: "01020304",
  ticks: 42,
  span_id: 789,
  committed: true,
  timestamp: "2025-11-16T12:00:00Z",
  source_region: "primary",
};

export const post = (
  body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
  headers: Record<string, string> = { "content-type": "application/json" },
): RequestInit => ({ method: "POST", headers, body });

export async function serve(
  deployment: LoopbackDeployment,
  options: { readonly prefix?: string; readonly append?: ReceiptStore["append"] } = {},
) {
  const plain = deployment.freshStore(EAST);
  const store = options.append === undefined ? plain : { ...plain, append: options.append };
  const manager = await deployment.start(EAST, [], {
    store,
    config: { crossRegionSyncEnabled: false, regions: [], quorumThreshold: 1 },
  });
  const handle = fetchHandler(manager.receiver, { wallMs: deployment.clock.wallMs, ...options });
  return async (path: string, init?: RequestInit) => {
    const response = await handle(new Request(`http://host.example${path}`, init));
    const text = await response.text();
    const body: Record<string, unknown> = text === "" ? {} : JSON.parse(text);
    return { status: response.status, headers: response.headers, body };
  };
}
