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
import { InvalidReceiptError, OverloadedError } from "./errors.ts";
import type { Load } from "./intake.ts";
import * as lines from "./log-lines.ts";
import { reportConflict } from "./report-conflict.ts";
import { rfc3339 } from "./rfc3339.ts";
import { localResult, type SyncResult } from "./sync-result.ts";

/** Stores a receipt, hands it to every lane, and waits as told (DESIGN §7). */
export async function syncReceipt(engine: Engine, input: ReceiptInput, options: SyncOptions): Promise<SyncResult> {
  const receipt = parsed(input, undefined);
  const resolved = begun(engine, options);
  const digest = receiptDigest(receipt);
  const submission = { receipt, digest };
  const known = recall(engine, submission, resolved);
  if (known !== undefined) return known;
  const load = loadOf([submission]);
  const call = await admitted(engine, load, resolved);
  try {
    const [appended] = await append(engine, [submission]);
    return await settle(engine, submission, appended, call);
  } finally {
    engine.intake.release(load);
  }
}

/** The same for many: one commit stores all that are not known to be committed, and each has a result of its own, in their order. */
export async function syncReceipts(
  engine: Engine,
  inputs: readonly ReceiptInput[],
  options: SyncOptions,
): Promise<readonly SyncResult[]> {
  const receipts = inputs.map(parsed);
  const resolved = begun(engine, options);
  const submissions = receipts.map((receipt) => ({ receipt, digest: receiptDigest(receipt) }));
  const known = submissions.map((submission) => recall(engine, submission, resolved));
  const unknown = submissions.filter((_, index) => known[index] === undefined);
  if (unknown.length === 0) return known.filter((result) => result !== undefined);
  const settled = (await storeAndSettle(engine, unknown, resolved)).values();
  return known.flatMap((result) => result ?? settled.next().value ?? []);
}

async function storeAndSettle(
  engine: Engine,
  submissions: readonly Submission[],
  resolved: Call,
): Promise<readonly SyncResult[]> {
  const load = loadOf(submissions);
  const call = await admitted(engine, load, resolved);
  try {
    const appended = await append(engine, submissions);
    const settling = submissions.map(async (submission, index) => settle(engine, submission, appended[index], call));
    // None of them is under way any more when the room that they took is given back (I8).
    const ended = await Promise.allSettled(settling);
    return ended.map((each) => {
      if (each.status === "rejected") throw each.reason;
      return each.value;
    });
  } finally {
    engine.intake.release(load);
  }
}

function parsed(input: ReceiptInput, index: number | undefined): Receipt {
  const result = parseReceiptObject(input);
  if (result.kind === "invalid") throw new InvalidReceiptError(result.problems, index);
  return result.receipt;
}

/** A receipt that was checked. */
interface Submission {
  readonly receipt: Receipt;
  readonly digest: string;
}

/** What a call wants, and when it began. */
interface Call extends ResolvedOptions {
  readonly beganMs: number;
  readonly era: number;
}

function begun({ around, recent }: Engine, options: SyncOptions): Call {
  const resolved = resolveOptions(options, around.config);
  resolved.signal?.throwIfAborted();
  return { ...resolved, beganMs: around.clock.monotonicMs(), era: recent.era };
}

/** An earlier answer to the same question. Nobody waits, so nobody is told that a wait ended. */
function recall(engine: Engine, { receipt, digest }: Submission, call: Call): SyncResult | undefined {
  if (!engine.around.config.crossRegionSyncEnabled) return undefined;
  const { receiptId, committed } = receipt;
  const known = engine.recent.find({ receiptId, digest, committed }, engine.policyDigest, call);
  if (known !== undefined) engine.metrics.synced(known.outcome, undefined);
  return known;
}

/**
 * I8: whoever was let in makes room again when its work is over. Waiting for room is part of the wait; nearly nobody waits, and so
 * only that takes a promise.
 */
function admitted(engine: Engine, load: Load, call: Call): Call | Promise<Call> {
  try {
    const room = engine.intake.admit(load, call);
    return room === undefined ? call : admittedLater(engine, load, call, room);
  } catch (error) {
    throw countOverload(engine, load, error);
  }
}

async function admittedLater(engine: Engine, load: Load, call: Call, room: Promise<void>): Promise<Call> {
  const { clock } = engine.around;
  try {
    await room;
  } catch (error) {
    throw countOverload(engine, load, error);
  }
  return { ...call, timeoutMs: Math.max(0, call.timeoutMs - (clock.monotonicMs() - call.beganMs)) };
}

function countOverload({ metrics }: Engine, { receipts }: Load, error: unknown): unknown {
  if (error instanceof OverloadedError) metrics.overloaded(receipts);
  return error;
}

function loadOf(submissions: readonly Submission[]): Load {
  let bytes = 0;
  for (const { receipt } of submissions) {
    bytes += receipt.receiptId.length + receipt.transactionId.length + receipt.hash.length;
  }
  return { receipts: submissions.length, bytes };
}

/** One result for each, in their order. */
async function append(
  { around, metrics }: Engine,
  submissions: readonly Submission[],
): Promise<readonly AppendResult[]> {
  const beganMs = around.clock.monotonicMs();
  const timestamp = rfc3339(around.clock.wallMs());
  const results = await around.store.append(
    submissions.map(({ receipt, digest }) => ({ kind: "own", receipt, digest, timestamp })),
  );
  metrics.committed(around.clock.monotonicMs() - beganMs);
  return results;
}

/** The receipt is durable here, or refused here. */
function settle(
  engine: Engine,
  { receipt, digest }: Submission,
  appended: AppendResult | undefined,
  call: Call,
): Promise<SyncResult> | SyncResult {
  if (appended === undefined) throw new Error("Bug: the store gave no result for an append");
  if (appended.kind === "conflict") return refusedHere(engine, receipt, digest, appended.held.digest);
  const state: ReceiptState = { receiptId: receipt.receiptId, digest, committed: committedIn(appended) };
  const row = appended.kind === "duplicate" ? undefined : appended.row;
  if (engine.around.config.crossRegionSyncEnabled) return deliverAndWait(engine, state, row, call);
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
  const { config } = engine.around;
  const { receiptId, committed } = receipt;
  const from = "this region's own service";
  reportConflict(engine.around, { receiptId, from, held, offered: digest });
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
  call: Call,
): Promise<SyncResult> {
  const { waits, metrics, recent } = engine;
  const { receiptLogger, config, clock, events } = engine.around;
  const when = waits.isWaitedFor(state) ? "later" : "now";
  const wait = beginWait(engine, state, call);
  handOver(engine, row);
  receiptLogger?.(lines.syncStarted(state.receiptId, config.regions.length, thresholdOf(config)));
  if (call.waitFor === "none") {
    waits.tell(wait, { kind: "timedOut" });
  } else if (row === undefined) {
    await countDeadLetters(engine, wait);
    askUntilDecided(engine, state, when);
  }
  const result = await wait.ended;
  metrics.synced(result.outcome, clock.monotonicMs() - call.beganMs);
  recent.remember(result, call, call.era);
  logResult(engine, result, call.waitFor);
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
