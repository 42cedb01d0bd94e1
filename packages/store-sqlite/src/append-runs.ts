import { type Append, type AppendResult, hexFromBytes, type LogRow, type Receipt, StoreError } from "@rsync/core";
import type { BlockHead } from "./row/block.ts";
import { type AppendOutcomes, type AppendRun, OUTCOME, OUTCOME_NUMBERS, OWN_HEAD } from "./threads/append-messages.ts";
import type { Identity } from "./writer/log-state.ts";

/** An {@link AppendRun} as it gathers: its lines are joined once, when it leaves. */
export interface GatheredRun {
  readonly head: BlockHead;
  readonly lines: string[];
}

/** The appends of a call: those that have region and store in common, and are numbered on, together. */
export function runsOfAppends(items: readonly Append[]): GatheredRun[] {
  const runs: GatheredRun[] = [];
  let last: GatheredRun | undefined;
  for (const item of items) {
    const line = lineOfAppend(item);
    if (last === undefined || !goesOn(last, item)) {
      last = { head: headOfAppend(item), lines: [] };
      runs.push(last);
    }
    last.lines.push(line);
  }
  return runs;
}

function headOfAppend(item: Append): BlockHead {
  if (item.kind === "own") return OWN_HEAD;
  const { sourceRegion, sourceStore = null, sourceSeq = null } = item.record;
  checkText(item.record.receiptId, `${sourceRegion}${sourceStore ?? ""}`);
  return [0, sourceRegion, sourceStore, sourceSeq];
}

function goesOn({ head: [own, region, store, seq], lines }: GatheredRun, item: Append): boolean {
  if (item.kind === "own") return own === 1;
  if (own === 1) return false;
  const { sourceRegion, sourceStore = null, sourceSeq = null } = item.record;
  if (store !== sourceStore || region !== sourceRegion) return false;
  return seq === null ? sourceSeq === null : seq + lines.length === sourceSeq;
}

/** Puts the runs of a call behind those of others. */
export function addRuns(runs: GatheredRun[], added: readonly GatheredRun[]): void {
  for (const run of added) {
    const last = runs.at(-1);
    // Own submissions come one by one; what another region sends comes together.
    if (last?.head[0] === 1 && run.head[0] === 1) for (const line of run.lines) last.lines.push(line);
    else runs.push(run);
  }
}

/** The run as the writing thread gets it. */
export function sealRun({ head: [own, region, store, seq], lines }: GatheredRun): AppendRun {
  return [own, region, store, seq, lines.join("\n"), lines.length];
}

function lineOfAppend(item: Append): string {
  if (item.kind === "own") return lineOfReceipt(item.receipt, item.digest, item.timestamp);
  return lineOfReceipt(item.record, item.record.digest, item.record.timestamp);
}

function lineOfReceipt(receipt: Receipt, digest: string, timestamp: string): string {
  const { receiptId, transactionId } = receipt;
  checkText(receiptId, receiptId);
  checkText(receiptId, transactionId);
  checkText(receiptId, digest);
  checkText(receiptId, timestamp);
  return (
    `${receiptId}\t${transactionId}\t${hexFromBytes(receipt.hash)}\t${receipt.ticks}\t${receipt.spanId}` +
    `\t${receipt.committed ? 1 : 0}\t${digest}\t${timestamp}`
  );
}

/** What separates fields and lines; every receipt that a parser accepted is without any control character. */
const separator = /[\t\n]/;

function checkText(receiptId: string, text: string): void {
  if (!separator.test(text) && text.isWellFormed()) return;
  throw new StoreError(
    "invalid",
    `Receipt ${JSON.stringify(receiptId)} has a tab, a line break or half a surrogate pair in one of its texts. Nothing was stored; check receipts with parseReceiptObject or parseWireReceipt before they are appended`,
  );
}

/** About what a run occupies while it waits. */
export function bytesOfRun({ lines }: GatheredRun): number {
  let bytes = 0;
  for (const line of lines) bytes += 200 + 2 * line.length;
  return bytes;
}

/** Where the outcomes of a call are among those of its job. */
export interface CallOutcomes {
  readonly outcomes: AppendOutcomes;
  /** Receipts of the job before the call's first. */
  readonly from: number;
}

/** Puts the contents, which never left this thread, back to what the writing thread said of them. */
export function resultsOfOutcomes(
  items: readonly Append[],
  { outcomes, from }: CallOutcomes,
  identity: Identity,
): AppendResult[] {
  let at = from * OUTCOME_NUMBERS;
  return items.map((item) => {
    const result = resultAt(item, outcomes, at, identity);
    at += OUTCOME_NUMBERS;
    return result;
  });
}

function resultAt(
  item: Append,
  { numbers, heldDigests }: AppendOutcomes,
  at: number,
  identity: Identity,
): AppendResult {
  const [outcome, first, second] = [numbers[at], numbers[at + 1] ?? 0, numbers[at + 2] ?? 0];
  switch (outcome) {
    case OUTCOME.stored:
      return { kind: "stored", row: rowOf(item, first, second, false, identity) };
    case OUTCOME.storedCommitted:
      return { kind: "stored", row: rowOf(item, first, second, true, identity) };
    case OUTCOME.upgraded:
      return { kind: "upgraded", row: rowOf(item, first, second, true, identity) };
    case OUTCOME.duplicate:
      return { kind: "duplicate", held: { digest: heldDigests[first] ?? "", committed: second === 1 } };
    case OUTCOME.conflict:
      return { kind: "conflict", held: { digest: heldDigests[first] ?? "", committed: second === 1 } };
    default:
      throw new Error("the writing thread answered for fewer receipts than it was given");
  }
}

function rowOf(item: Append, position: number, seq: number, isCommitted: boolean, identity: Identity): LogRow {
  if (item.kind === "foreign") return { position, own: false, record: item.record };
  const { receipt, digest, timestamp } = item;
  return {
    position,
    own: true,
    // Field by field: one shape for every row, at a third of what spreading costs.
    record: {
      receiptId: receipt.receiptId,
      transactionId: receipt.transactionId,
      hash: receipt.hash,
      ticks: receipt.ticks,
      spanId: receipt.spanId,
      committed: isCommitted || receipt.committed,
      digest,
      timestamp,
      sourceRegion: identity.regionId,
      sourceStore: identity.storeId,
      sourceSeq: seq,
    },
  };
}
