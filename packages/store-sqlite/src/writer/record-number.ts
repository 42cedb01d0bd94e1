import type { DatabaseSync } from "node:sqlite";
import { BLOCK_ROWS_MAX } from "../row/block.ts";
import { prepareTuples } from "../row/prepare-tuples.ts";

/** `alias`: we hold that content under another number. `refused`: other content is held. */
type NumberState = "alias" | "refused";

/**
 * Records what became of the number that an origin gave a receipt which became no row, so that repair knows the gap is closed
 * (DESIGN §9). A number that a row bears is found through the blocks (`blocks_numbers`) and needs no record.
 *
 * The first record of a number stays. An origin that gives one number to two contents is broken or lying; its second
 * receipt is judged by its id like any other, and simply finds its number taken. So a number that is both recorded here and
 * borne by a row was recorded first.
 */
export type RecordNumber = (store: string | null, seq: number | null, state: NumberState, position: number) => void;

export function prepareNumbers(database: DatabaseSync): RecordNumber {
  // The nearest block bears it or none does, unless the origin numbered twice: then one of so many further ones may.
  const nearest = prepareTuples<readonly [end: number]>(
    database,
    "SELECT source_seq + rows - 1 FROM blocks INDEXED BY blocks_numbers " +
      `WHERE source_store = ? AND source_seq <= ? ORDER BY source_seq DESC LIMIT ${BLOCK_ROWS_MAX}`,
  );
  const insert = database.prepare(
    "INSERT INTO numbers (source_store, source_seq, state, position) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  return (store, seq, state, position) => {
    // Seed-style origins number nothing.
    if (store === null || seq === null) return;
    if (nearest.all(store, seq).some(([end]) => end >= seq)) return;
    insert.run(store, seq, state, position);
  };
}
