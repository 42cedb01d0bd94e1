/** How receipts are submitted in one run. */
export interface Shape {
  /** Each submits its next batch when its last one has come back. */
  readonly callers: number;
  /** Receipts that a caller submits at once; 1 for single receipts. */
  readonly batch: number;
  /** Version of the UUIDs that are the receipt ids: 7 grows with time, 4 is random. */
  readonly ids: IdVersion;
}

export type IdVersion = "v7" | "v4";

/** As in `64`, `8x100` (batches of 100) or `64v4` (random ids). */
export function formatShape({ callers, batch, ids }: Shape): string {
  return `${callers}${batch === 1 ? "" : `x${batch}`}${ids === "v7" ? "" : ids}`;
}

/** The reverse of {@link formatShape}; `undefined` for anything else. */
export function parseShape(text: string): Shape | undefined {
  const match = /^([1-9]\d{0,4})(?:x([1-9]\d{0,4}))?(v4)?$/.exec(text);
  if (match === null) return undefined;
  const [, callers, batch = "1", ids] = match;
  return { callers: Number(callers), batch: Number(batch), ids: ids === "v4" ? "v4" : "v7" };
}

/** Whether two runs are of one shape. */
export function sameShape(left: Shape, right: Shape): boolean {
  return left.callers === right.callers && left.batch === right.batch && left.ids === right.ids;
}
