import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

/** A statement whose rows come as arrays. `Tuple` must be what its columns give. */
export interface TupleStatement<Tuple extends readonly unknown[]> {
  readonly all: (...values: readonly SQLInputValue[]) => readonly Tuple[];
  readonly get: (...values: readonly SQLInputValue[]) => Tuple | undefined;
  /** One row at a time, for who cannot know beforehand how many are wanted. To be read to the end or left by a `return`. */
  readonly iterate: (...values: readonly SQLInputValue[]) => Iterable<Tuple>;
}

export function prepareTuples<Tuple extends readonly unknown[]>(
  database: DatabaseSync,
  sql: string,
): TupleStatement<Tuple> {
  const statement: StatementSync = database.prepare(sql);
  statement.setReturnArrays(true);
  // Node's types know rows as objects only; STRICT tables make the columns' types certain.
  return {
    all: (...values) => statement.all(...values) as unknown as readonly Tuple[],
    get: (...values) => statement.get(...values) as unknown as Tuple | undefined,
    iterate: (...values) => statement.iterate(...values) as unknown as Iterable<Tuple>,
  };
}
