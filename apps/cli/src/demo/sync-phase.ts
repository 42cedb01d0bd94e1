import { createReadStream } from "node:fs";
import type { SidecarClient } from "../api/sidecar-client.ts";
import { CommandError } from "../command-error.ts";
import { splitElements } from "../input/split-elements.ts";
import { ResultCount } from "../sync/count-results.ts";
import type { LineResult } from "../sync/line-result.ts";
import { syncElements } from "../sync/sync-elements.ts";

/** What became of the receipts of one file. */
export interface SyncedPhase {
  readonly receipts: number;
  readonly committed: number;
  readonly pending: number;
  readonly refused: number;
  readonly durationMs: number;
  readonly latenciesMs: readonly number[];
  /** The receipts that were reported committed. */
  readonly committedIds: ReadonlySet<string>;
}

/** As a service with so many requests at once: a latency then says how long one of them waits. */
const IN_FLIGHT_MAX = 16;

/** Syncs a file of receipts, exactly as `receipt-sync sync FILE` does. */
export async function syncPhase(
  client: SidecarClient,
  path: string,
  receipts: number,
  update: (done: number) => void,
): Promise<SyncedPhase> {
  const counted = new ResultCount();
  const latenciesMs: number[] = [];
  const committedIds = new Set<string>();
  let done = 0;
  const onResult = (result: LineResult): void => {
    counted.add(result);
    done += 1;
    update(done);
    if (result.kind !== "answered") throw new CommandError(`a receipt of the demo failed: ${describe(result)}`);
    if (result.reply.outcome !== "committed") return;
    latenciesMs.push(result.latencyMs);
    committedIds.add(result.reply.receipt_id);
  };
  const begunMs = performance.now();
  const elements = splitElements(createReadStream(path));
  const query = new URLSearchParams({ wait: "quorum" });
  const end = await syncElements({ client, elements, query, inFlightMax: IN_FLIGHT_MAX, onResult });
  if (end.kind === "lost") throw new CommandError(`the connection to the demo's first region was lost: ${end.reason}`);
  const { committed, pending, refused } = counted.summary;
  const durationMs = performance.now() - begunMs;
  return { receipts, committed, pending, refused, durationMs, latenciesMs, committedIds };
}

function describe(result: Exclude<LineResult, { readonly kind: "answered" }>): string {
  if (result.kind === "failed" || result.kind === "unreadable") return result.message;
  return result.kind === "invalid" ? result.problems.map(({ message }) => message).join("; ") : result.receiptId;
}
