import { hexFromBytes, type Receipt } from "@rsync/core";
import type { QueryConfig } from "pg";

export const TABLE = `CREATE TABLE receipts (
  receipt_id text PRIMARY KEY, transaction_id text NOT NULL, hash text NOT NULL, ticks bigint NOT NULL,
  span_id numeric(20) NOT NULL, committed boolean NOT NULL, received_at timestamptz NOT NULL DEFAULT now()
)`;

const COLUMNS = "receipt_id, transaction_id, hash, ticks, span_id, committed";

/** Prepared under its name on every connection. */
const ONE = {
  name: "one",
  text: `INSERT INTO receipts (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
};

/** Of any number of rows with six parameters, so that it too is prepared once. */
const MANY = {
  name: "many",
  text: `INSERT INTO receipts (${COLUMNS})
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::numeric[], $6::boolean[])
    ON CONFLICT DO NOTHING`,
};

/** One statement, and so one transaction, for all of them. */
export function insertOf(receipts: readonly Receipt[]): QueryConfig<unknown[]> {
  const [only, ...others] = receipts.map(cellsOf);
  if (only !== undefined && others.length === 0) return { ...ONE, values: [...only] };
  const rows = receipts.map(cellsOf);
  return { ...MANY, values: [0, 1, 2, 3, 4, 5].map((column) => rows.map((row) => row[column])) };
}

function cellsOf({ receiptId, transactionId, hash, ticks, spanId, committed }: Receipt): readonly unknown[] {
  return [receiptId, transactionId, hexFromBytes(hash), ticks, String(spanId), committed];
}
