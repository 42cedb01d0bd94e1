import {
  type AppendResult,
  type Config,
  type LogRow,
  parseReceiptObject,
  type Receipt,
  type ReceiptInput,
  type ReceiptState,
} from "@rsync/core";
import { askUntilDecided } from "./ask-until-decided.ts";
import { beginWait } from "./begin-wait.ts";
import { type ResolvedOptions, resolveOptions, type SyncOptions } from "./call-options.ts";
import { countDeadLetters } from "./dead-letter-votes.ts";
import { receiptDigest } from "./digest.ts";
import type { Engine } from "./engine.ts";
import { InvalidReceiptError } from "./errors.ts";
import * as lines from "./log-lines.ts";
import { rfc3339 } from "./rfc3339.ts";
import { localResult, type SyncResult } from "./sync-result.ts";

/** Stores a receipt, hands it to every lane, and waits as told (DESIGN §7). */
export async function syncReceipt(engine: Engine, input: ReceiptInput, options: SyncOptions): Promise<SyncResult> {
  const { store, config, clock } = engine.around;
  const receipt = parsed(input);
  const resolved = resolveOptions(options, config);
  resolved.signal?.throwIfAborted();
  const digest = receiptDigest(receipt);
  const [appended] = await store.append([{ kind: "own", receipt, digest, timestamp: rfc3339(clock.wallMs()) }]);
  if (appended === undefined) throw new Error("Bug: the store gave no result for an append");
  if (appended.kind === "conflict") return refusedHere(engine, receipt, digest, appended.held.digest);
  const state: ReceiptState = { receiptId: receipt.receiptId, digest, committed: committedIn(appended) };
  const row = appended.kind === "duplicate" ? undefined : appended.row;
  if (config.crossRegionSyncEnabled) return deliverAndWait(engine, state, row, resolved);
  // Sync may have been enabled while the receipt was being stored: then there are lanes, and they must hear of every row.
  handOver(engine, row);
  return localResult(state, "disabled", engine.policyDigest);
}

function parsed(input: ReceiptInput): Receipt {
  const result = parseReceiptObject(input);
  if (result.kind === "invalid") throw new InvalidReceiptError(result.problems);
  return result.receipt;
}

/** A stale submission is judged as what is held, which is more. */
function committedIn(appended: Exclude<AppendResult, { kind: "conflict" }>): boolean {
  return appended.kind === "duplicate" ? appended.held.committed : appended.row.record.committed;
}

function refusedHere(engine: Engine, receipt: Receipt, digest: string, held: string): SyncResult {
  const { config, receiptLogger, events } = engine.around;
  const { receiptId, committed } = receipt;
  receiptLogger?.(lines.conflictRefused(receiptId, "this region's own service", held, digest));
  events.emit("conflict", { receiptId, heldDigest: held, offeredDigest: digest });
  return localResult({ receiptId, digest, committed }, "refused", engine.policyDigest, {
    regionId: config.region,
    totalRegions: engine.regionIds.length,
    trouble: { kind: "different", digest: held },
  });
}

/** The wait begins before the lanes hear of the receipt, so that no acknowledgement can come too early for it. */
async function deliverAndWait(
  engine: Engine,
  state: ReceiptState,
  row: LogRow | undefined,
  options: ResolvedOptions,
): Promise<SyncResult> {
  const { waits } = engine;
  const { receiptLogger, config } = engine.around;
  const when = waits.overSignal(state) === undefined ? "now" : "later";
  const wait = beginWait(engine, state, options);
  handOver(engine, row);
  receiptLogger?.(lines.syncStarted(state.receiptId, config.regions.length, thresholdOf(config)));
  if (options.waitFor === "none") {
    waits.tell(wait, { kind: "timedOut" });
  } else if (row === undefined) {
    await countDeadLetters(engine, wait);
    askUntilDecided(engine, state, when);
  }
  const result = await wait.ended;
  logResult(engine, result, options.waitFor);
  engine.around.events.emit("synced", result);
  return result;
}

/** For the seeds' line: a policy of another form is told by the threshold at its top. */
function thresholdOf({ quorumThreshold, policy }: Config): number {
  return quorumThreshold ?? (policy.kind === "threshold" ? policy.threshold : 1);
}

/** No lane may miss a row: its cursor would pass it with the next one (I2). */
function handOver(engine: Engine, row: LogRow | undefined): void {
  if (row !== undefined) for (const lane of engine.lanes.values()) lane.appended(row);
}

function logResult(engine: Engine, result: SyncResult, waitFor: ResolvedOptions["waitFor"]): void {
  const { receiptLogger } = engine.around;
  if (receiptLogger === undefined) return;
  const { receiptId, syncedRegions, totalRegions, quorumAchieved } = result;
  receiptLogger(lines.syncResult(receiptId, syncedRegions, totalRegions, quorumAchieved));
  // Who does not wait for a quorum has not failed to get one.
  if (!quorumAchieved && waitFor !== "none") receiptLogger(lines.quorumFailed(receiptId, syncedRegions, totalRegions));
}
