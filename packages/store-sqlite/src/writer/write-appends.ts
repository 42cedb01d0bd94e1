import type { DatabaseSync } from "node:sqlite";
import { decideAppend, type HeldRow } from "@rsync/core/decide-append";
import type { BlockHead } from "../row/block.ts";
import { type BlockRow, prepareRowsUnderId } from "../row/block-reads.ts";
import { cellsOfLine } from "../row/receipt-cells.ts";
import { committedLine, fieldsOfLine, receiptIdOfLine } from "../row/receipt-line.ts";
import { type AppendOutcomes, type AppendRun, OUTCOME, OUTCOME_NUMBERS } from "../threads/append-messages.ts";
import { preparePendingBlock } from "./pending-block.ts";
import { prepareConflicts } from "./record-conflict.ts";
import { prepareNumbers } from "./record-number.ts";

/** What a transaction counts up; it becomes the log's state only when the transaction is committed. */
export interface AppendCounters {
  readonly regionId: string;
  readonly storeId: string;
  position: number;
  ownSeq: number;
}

/** Appends inside the running transaction. */
export interface AppendWriter {
  /** Does one job and says what became of each receipt. */
  readonly write: (counters: AppendCounters, runs: readonly AppendRun[], recordedAt: string) => AppendOutcomes;
  /** Before the commit: what is not in the file yet goes there. */
  readonly finish: () => void;
  /** After a failure: the transaction never was. */
  readonly forget: () => void;
}

export function prepareAppends(database: DatabaseSync, path: string): AppendWriter {
  // One statement asks for the id and takes it: nearly every receipt is new.
  const takeId = database.prepare("INSERT OR IGNORE INTO receipt_ids (receipt_id, copy, position) VALUES (?, 0, ?)");
  const addId = database.prepare(
    "INSERT INTO receipt_ids (receipt_id, copy, position) SELECT ?1, max(copy) + 1, ?2 FROM receipt_ids WHERE receipt_id = ?1",
  );
  const underId = prepareRowsUnderId(database, path);
  const pending = preparePendingBlock(database);
  const recordConflict = prepareConflicts(database);
  const recordNumber = prepareNumbers(database);

  /** The head of the next row of a run: own rows get their label and number here. */
  const headOf = (counters: AppendCounters, run: AppendRun, index: number): BlockHead => {
    const [own, region, store, seq] = run;
    if (own === 1) return [1, counters.regionId, counters.storeId, counters.ownSeq + 1];
    return [0, region, store, seq === null ? null : seq + index];
  };
  const insert = (counters: AppendCounters, head: BlockHead, line: string, numbers: Float64Array, at: number): void => {
    counters.position += 1;
    if (head[0] === 1) counters.ownSeq += 1;
    pending.add(counters.position, head, line);
    numbers[at + 1] = counters.position;
    numbers[at + 2] = head[0] === 1 ? counters.ownSeq : 0;
  };

  const writeKnown = (
    counters: AppendCounters,
    [own, region, store, seq]: BlockHead,
    line: string,
    recordedAt: string,
    outcomes: { readonly numbers: Float64Array; readonly heldDigests: string[] },
    at: number,
  ): void => {
    const { numbers, heldDigests } = outcomes;
    const [receiptId, , , , , committed, digest] = fieldsOfLine(line);
    const positions = underId.positions(receiptId);
    pending.flushBefore(positions.at(-1) ?? 0);
    const rows = underId.read(receiptId, positions);
    const decision = decideAppend(rows.map(stateOfRow), { own: own === 1, committed: committed === "1", digest });
    if (decision.kind === "insert") {
      const upgraded = decision.result === "upgraded";
      const stale = decision.committed && committed === "0";
      numbers[at] = upgraded ? OUTCOME.upgraded : stale ? OUTCOME.storedCommitted : OUTCOME.stored;
      addId.run(receiptId, counters.position + 1);
      insert(counters, [own, region, store, seq], stale ? committedLine(line) : line, numbers, at);
      return;
    }
    const isForeignNumber = own === 0 && !pending.bears(store, seq);
    numbers[at + 1] = heldDigests.push(decision.held.digest) - 1;
    numbers[at + 2] = decision.held.committed ? 1 : 0;
    if (decision.kind === "duplicate") {
      numbers[at] = OUTCOME.duplicate;
      if (isForeignNumber) recordNumber(store, seq, "alias", aliasedPosition(rows));
      return;
    }
    // I4: the other content is kept as evidence, and never acknowledged. An own receipt that is refused never gets a number.
    numbers[at] = OUTCOME.conflict;
    const offered = own === 1 ? cellsOfLine(line, region, null, null) : cellsOfLine(line, region, store, seq);
    const number = recordConflict(offered, decision.held, recordedAt);
    if (isForeignNumber) recordNumber(store, seq, "refused", number);
  };

  return {
    write: (counters, runs, recordedAt) => {
      const receipts = runs.reduce((sum, run) => sum + run[5], 0);
      const numbers = new Float64Array(receipts * OUTCOME_NUMBERS);
      const heldDigests: string[] = [];
      const outcomes = { numbers, heldDigests };
      let at = 0;
      for (const run of runs) {
        const lines = run[4].split("\n");
        if (lines.length !== run[5]) throw new Error(`a run of ${run[5]} receipts has ${lines.length} lines`);
        for (let index = 0; index < lines.length; index += 1) {
          const line = lines[index] ?? "";
          const head = headOf(counters, run, index);
          if (takeId.run(receiptIdOfLine(line), counters.position + 1).changes === 1) {
            numbers[at] = OUTCOME.stored;
            insert(counters, head, line, numbers, at);
          } else writeKnown(counters, head, line, recordedAt, outcomes, at);
          at += OUTCOME_NUMBERS;
        }
      }
      return outcomes;
    },
    finish: () => {
      pending.flush();
      underId.forget();
    },
    forget: () => {
      pending.drop();
      underId.forget();
    },
  };
}

function stateOfRow({ block, line }: BlockRow): HeldRow {
  const [, , , , , committed, digest] = fieldsOfLine(line);
  return { own: block[1] === 1, committed: committed === "1", digest };
}

/** The row that stands for a state met again: the newest one. */
function aliasedPosition(rows: readonly BlockRow[]): number {
  const newest = rows.at(-1);
  return newest === undefined ? 0 : newest.block[0] + newest.index;
}
