import type { DatabaseSync } from "node:sqlite";
import type { DeadLetterCounts, DeadLetterQuery } from "@rsync/core";
import { prepareTuples, type TupleStatement } from "../row/prepare-tuples.ts";
import type { DeadLetterCells } from "../threads/messages.ts";

/** Reads what regions did not take. */
export interface DeadLetterReader {
  readonly list: (query: DeadLetterQuery) => readonly DeadLetterCells[];
  /** Open ones of one store of a region, from the index alone. */
  readonly count: (regionId: string, storeId: string) => DeadLetterCounts;
}

const COLUMNS =
  "region_id, store_id, receipt_id, digest, committed, position, kind, fault, attempts, buried_at, number, first_buried_at, " +
  "status, settled_at";

const COUNT =
  "SELECT count(*), coalesce(sum(kind = 'poison'), 0) FROM dead_letters INDEXED BY dead_letters_status " +
  "WHERE region_id = ? AND store_id = ? AND status = 'open'";

export function prepareDeadLetterReader(database: DatabaseSync): DeadLetterReader {
  const count = prepareTuples<readonly [open: number, poison: number]>(database, COUNT);
  // One statement for each combination of filters that was asked for; a condition that may be absent would defeat the indexes.
  const lists = new Map<string, TupleStatement<DeadLetterCells>>();
  const listing = (condition: string): TupleStatement<DeadLetterCells> => {
    const sql = `SELECT ${COLUMNS} FROM dead_letters WHERE ${condition} ORDER BY number LIMIT ?`;
    const statement = lists.get(condition) ?? prepareTuples<DeadLetterCells>(database, sql);
    lists.set(condition, statement);
    return statement;
  };
  return {
    list: ({ regionId, storeId, receiptId, kind, status, after = 0, limit }) => {
      const conditions = ["number > ?"];
      const values: (string | number)[] = [after];
      const columns = { region_id: regionId, store_id: storeId, receipt_id: receiptId, kind, status };
      for (const [column, value] of Object.entries(columns)) {
        if (value === undefined) continue;
        conditions.push(`${column} = ?`);
        values.push(value);
      }
      return listing(conditions.join(" AND ")).all(...values, limit);
    },
    count: (regionId, storeId) => {
      const [open, poison] = count.get(regionId, storeId) ?? [0, 0];
      return { refused: open - poison, poison };
    },
  };
}
