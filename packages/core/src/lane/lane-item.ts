import type { LogRow } from "../seams/receipt-store.ts";

/** One row on its way to one region. */
export interface LaneItem {
  readonly position: number;
  readonly row: LogRow;
  readonly bytes: number;
  /** It came while the lane ran, and so counts against the memory for live rows. */
  readonly live: boolean;
  /** A dead letter that is tried once more. */
  readonly replay: boolean;
  /** Requests that carried it, spent an attempt and failed, and the one that was refused. */
  attempts: number;
  /** Requests in a row that carried it and failed in a way that it could be the cause of. */
  failures: number;
}

/** A row that no request has carried yet. */
export function newItem(row: LogRow, bytes: number, origin: "live" | "backlog" | "replay"): LaneItem {
  return {
    position: row.position,
    row,
    bytes,
    live: origin === "live",
    replay: origin === "replay",
    attempts: 0,
    failures: 0,
  };
}
