import type { DatabaseSync } from "node:sqlite";
import type { ReceiptCells, RowCells } from "../row/row-cells.ts";

/** `held`: a row of ours bears it. `alias`: we hold that content under another number. `refused`: other content is held. */
type NumberState = "held" | "alias" | "refused";

/**
 * Records what became of the number that an origin gave a receipt, so that repair knows the gap is closed (DESIGN §9).
 *
 * The first record of a number stays. An origin that gives one number to two contents is broken or lying; its second
 * receipt is judged by its id like any other, and simply finds its number taken. A number that one of our own rows bears
 * needs no record: it is met again where another region brings back what we once told it.
 */
export type RecordNumber = (
  receipt: ReceiptCells,
  state: NumberState,
  position: number,
  heldUnderId: readonly RowCells[],
) => void;

export function prepareNumbers(database: DatabaseSync): RecordNumber {
  const insert = database.prepare(
    "INSERT INTO numbers (source_store, source_seq, state, position) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  return (receipt, state, position, heldUnderId) => {
    const store = receipt[9];
    const seq = receipt[10];
    // Seed-style origins number nothing.
    if (store === null || seq === null) return;
    if (heldUnderId.some((row) => row[1] === 1 && row[11] === store && row[12] === seq)) return;
    insert.run(store, seq, state, position);
  };
}
