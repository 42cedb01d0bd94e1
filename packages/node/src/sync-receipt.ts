import {
  type AppendResult,
  type Config,
  type LogRow,
  type OwnAppend,
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
import { InvalidReceiptError, OverloadedError } from "./errors.ts";
import type { Load } from "./intake.ts";
import * as lines from "./log-lines.ts";
import { rfc3339 } from "./rfc3339.ts";
import { localResult, type SyncResult } from "./sync-result.ts";

/** Stores a receipt, hands it to every lane, and waits as told (DESIGN §7). */
export async function syncReceipt(engine: Engine, input: ReceiptInput, options: SyncOptions): Promise<SyncResult> {
  const receipt = parsed(input, undefined);
  const resolved = begun(engine, options);
  const digest = receiptDigest(receipt);
  const known = recall(engine, { receiptId: receipt.receiptId, digest, committed: receipt.committed }, resolved);
  if (known !== undefined) return known;
  return admitted(engine, [receipt], resolved, async () => {
    const [appended] = await append(engine, [offer(engine, receipt, digest)]);
    if (appended === undefined) throw noResult();
    return settle(engine, receipt, digest, appended, resolved);
  });
}

/** The same for many: one commit stores them all, and each has a result of its own, in their order. */
export async function syncReceipts(
  engine: Engine,
  inputs: readonly ReceiptInput[],
  options: SyncOptions,
): Promise<readonly SyncResult[]> {
  const receipts = inputs.map(parsed);
  const resolved = begun(engine, options);
  return admitted(engine, receipts, resolved, async () => {
    const digests = receipts.map(receiptDigest);
    const appended = await append(
      engine,
      receipts.map((receipt, index) => offer(engine, receipt, digests[index] ?? "")),
    );
    return Promise.all(
      receipts.map((receipt, index) => {
        const result = appended[index];
        if (result === undefined) throw noResult();
        return settle(engine, receipt, digests[index] ?? "", result, resolved);
      }),
    );
  });
}

function parsed(input: ReceiptInput, index: number | undefined): Receipt {
  const result = parseReceiptObject(input);
  if (result.kind === "invalid") throw new InvalidReceiptError(result.problems, index);
  return result.receipt;
}

function begun(engine: Engine, options: SyncOptions): ResolvedOptions {
  const resolved = resolveOptions(options, engine.around.config);
  resolved.signal?.throwIfAborted();
  return resolved;
}

/** An earlier answer to the same question. Nobody waits, so nobody is told that a wait ended. */
function recall(engine: Engine, state: ReceiptState, options: ResolvedOptions): SyncResult | undefined {
  if (!engine.around.config.crossRegionSyncEnabled) return undefined;
  const known = engine.recent.find(state, engine.policyDigest, options);
  if (known !== undefined) engine.metrics.synced(known.outcome, undefined);
  return known;
}

/** I8: the work is done while there is room for it, and makes room when it is over. */
async function admitted<Result>(
  engine: Engine,
  receipts: readonly Receipt[],
  options: ResolvedOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const { intake, metrics } = engine;
  const load = loadOf(receipts);
  try {
    const room = intake.admit(load, options);
    if (room !== undefined) await room;
  } catch (error) {
    if (error instanceof OverloadedError) metrics.overloaded();
    throw error;
  }
  try {
    return await work();
  } finally {
    intake.release(load);
  }
}

function loadOf(receipts: readonly Receipt[]): Load {
  let bytes = 0;
  for (const { receiptId, transactionId, hash } of receipts) {
    bytes += receiptId.length + transactionId.length + hash.length;
  }
  return { receipts: receipts.length, bytes };
}

function offer({ around }: Engine, receipt: Receipt, digest: string): OwnAppend {
  return { kind: "own", receipt, digest, timestamp: rfc3339(around.clock.wallMs()) };
}

async function append({ around, metrics }: Engine, offers: readonly OwnAppend[]): Promise<readonly AppendResult[]> {
  const beganMs = around.clock.monotonicMs();
  const results = await around.store.append(offers);
  metrics.committed(around.clock.monotonicMs() - beganMs);
  return results;
}

/** The receipt is durable here, or refused here. */
function settle(
  engine: Engine,
  receipt: Receipt,
  digest: string,
  appended: AppendResult,
  options: ResolvedOptions,
): Promise<SyncResult> | SyncResult {
  if (appended.kind === "conflict") return refusedHere(engine, receipt, digest, appended.held.digest);
  const state: ReceiptState = { receiptId: receipt.receiptId, digest, committed: committedIn(appended) };
  const row = appended.kind === "duplicate" ? undefined : appended.row;
  if (engine.around.config.crossRegionSyncEnabled) return deliverAndWait(engine, state, row, options);
  // Sync may have been enabled while the receipt was being stored: then there are lanes, and they must hear of every row.
  handOver(engine, row);
  engine.metrics.synced("disabled", undefined);
  return localResult(state, "disabled", engine.policyDigest);
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
  engine.metrics.synced("refused", undefined);
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
  const { waits, metrics, recent } = engine;
  const { receiptLogger, config, clock, events } = engine.around;
  const when = waits.isWaitedFor(state) ? "later" : "now";
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
  metrics.synced(result.outcome, clock.monotonicMs() - wait.beganMs);
  recent.remember(result, options);
  logResult(engine, result, options.waitFor);
  events.emit("synced", result);
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

function noResult(): Error {
  return new Error("Bug: the store gave no result for an append");
}
