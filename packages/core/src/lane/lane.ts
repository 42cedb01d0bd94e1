import type { Fault } from "../evidence/fault.ts";
import type { LogRow } from "../seams/receipt-store.ts";
import { HEALTHY, type Health, type HealthRules } from "./health.ts";
import { PositionQueue } from "./position-queue.ts";
import { type PositionRange, UnreadRanges } from "./unread-ranges.ts";

/**
 * A lane delivers this region's own rows to one remote region, for ever (I2). This file is its state; what happens to it is
 * `stepLane`, a function without clock, chance or I/O. The state is changed in place: it has one owner, the driver.
 *
 * - L1: an own row beyond the cursor is unread, queued, in flight, being buried, or settled; nothing else (I2).
 * - L2: the cursor never passes an own row that is neither acknowledged nor buried.
 * - L3: at most `queuedReceiptsMax` live and `readRowsMax` * 2 backlog rows wait in memory, and `readRowsMax` are being buried,
 *   each plus what `windowMax` requests carry; the rest waits in the log (I8).
 * - L4: after a failure one request is in flight at a time, until one succeeds.
 */
export interface Lane {
  readonly regionId: string;
  health: Health;
  /** Requests that may be in flight at once while healthy. */
  window: number;
  /** Grows with each failure that counted: a request sent in an earlier period does not count again. */
  period: number;
  /** Every own row up to here is settled (L2). */
  cursor: number;
  /** The highest own position heard of. */
  end: number;
  unread: UnreadRanges;
  /** The read under way; its answer is ignored when another store took the region's place meanwhile. */
  reading: { readonly id: number; readonly range: PositionRange } | undefined;
  /** A read failed: not again before this. */
  readAgainAtMs: number;
  /** Rows that came while the lane ran; sent first. */
  live: PositionQueue<LaneItem>;
  /** Rows read back from the log. */
  backlog: PositionQueue<LaneItem>;
  queuedBytes: number;
  flights: Map<number, Flight>;
  /** Refused rows whose dead letter is not durable yet, by the id of their `bury` command. */
  burying: Map<number, Burial>;
  /** Dead letters that could not be written: ordered again at `buryAgainAtMs`. */
  buriesDue: Map<number, Burial>;
  buryAgainAtMs: number;
  /** A sign of life has cut a wait short since the last success. */
  heard: boolean;
  nextId: number;
}

/** One row on its way to one region. */
export interface LaneItem {
  readonly position: number;
  readonly row: LogRow;
  readonly bytes: number;
  readonly live: boolean;
  /** Requests that carried it, spent an attempt and failed, and the one that was refused. */
  attempts: number;
}

/** A row that the region refused, on its way to dead letters. */
interface Burial {
  readonly item: LaneItem;
  readonly fault: Fault;
}

/** One request in flight. `items` is empty once another store took the region's place: the answer settles no row. */
export interface Flight {
  readonly items: readonly LaneItem[];
  readonly period: number;
  readonly live: boolean;
  readonly spendsAttempt: boolean;
}

/** The bounds of a lane and its schedule. The same for every region; {@link stepLane} takes them with each event. */
export interface LaneRules extends HealthRules {
  /** Retries after the first attempt that a call waits for; delivery itself never gives up. */
  readonly maxRetries: number;
  /** Requests in flight at once, each on a connection of its own. */
  readonly windowMax: number;
  readonly receiptsPerRequestMax: number;
  readonly requestBytesMax: number;
  /** Live rows kept in memory, by number and by bytes; what exceeds them is read from the log later. */
  readonly queuedReceiptsMax: number;
  readonly queuedBytesMax: number;
  /** Rows asked of the log at once. */
  readonly readRowsMax: number;
  /** Wait before reading again, or burying again, after the log could not be read or written. */
  readonly readRetryMs: number;
}

/** The moment of an event and the one random number that its step may use: the lane has neither clock nor chance (I10). */
export interface At {
  readonly nowMs: number;
  /** In [0, 1). */
  readonly random: number;
}

/** What happened. */
export type LaneEvent =
  /** Own rows were committed, in the order of their positions. No position at or below the cursor may come late (L2). */
  | { readonly kind: "appended"; readonly rows: readonly LogRow[] }
  /** The rows that a `read` command asked for: own ones, in order; fewer than asked means the stretch holds no more. */
  | { readonly kind: "read"; readonly id: number; readonly rows: readonly LogRow[] }
  | { readonly kind: "readFailed"; readonly id: number }
  /**
   * The region answered a request, with one outcome for each of its items, in order. An item without outcome counts as failed.
   * Each `send` and `probe` is answered exactly once, by `replied`, `failed` or `aborted`, whatever happened meanwhile.
   */
  | { readonly kind: "replied"; readonly id: number; readonly outcomes: readonly ItemOutcome[] }
  /** The request gave no evidence; `pause` where the retry table says so. */
  | { readonly kind: "failed"; readonly id: number; readonly fault: Fault; readonly treatment: "retry" | "pause" }
  /** We gave the request up ourselves. */
  | { readonly kind: "aborted"; readonly id: number }
  | { readonly kind: "buried"; readonly id: number }
  /** The dead letter could not be written: the row stays owed, and `bury` comes again, with the same id, after `readRetryMs`. */
  | { readonly kind: "buryFailed"; readonly id: number }
  /** The region sent us something: it lives. */
  | { readonly kind: "heard" }
  /** Another store answers under the region's name: it is owed everything after its own cursor. */
  | { readonly kind: "storeChanged"; readonly cursor: number }
  /** The moment of `wakeAtMs` came; harmless at any other time. */
  | { readonly kind: "woke" };

/** What the region's reply says of one row of the request. */
export type ItemOutcome = { readonly kind: "acknowledged" } | { readonly kind: "refused"; readonly fault: Fault };

/** What the driver is to do, in this order. */
export type LaneCommand =
  | { readonly kind: "send"; readonly id: number; readonly items: readonly LaneItem[] }
  /** Ask the region who it is, for nothing else is to be sent: answered as a `send` without items. */
  | { readonly kind: "probe"; readonly id: number }
  | { readonly kind: "read"; readonly id: number; readonly range: PositionRange; readonly rowsMax: number }
  | { readonly kind: "bury"; readonly id: number; readonly item: LaneItem; readonly fault: Fault }
  /** Worth remembering across a restart, when convenient. */
  | { readonly kind: "advanced"; readonly cursor: number }
  /** An attempt of a receipt failed. `next`: `retrying` after so long; `exhausted`: no call waits for it any longer. */
  | { readonly kind: "attemptFailed"; readonly item: LaneItem; readonly fault: Fault; readonly next: NextAttempt }
  | { readonly kind: "healthChanged"; readonly before: Health; readonly after: Health };

/** What comes after an attempt that failed, for the calls that wait and for logs. */
export type NextAttempt =
  | { readonly kind: "retrying"; readonly delayMs: number }
  | { readonly kind: "exhausted" }
  /** The lane opened before the attempts were used up: not an attempt but a probe comes next, and no call waits for it. */
  | { readonly kind: "opened" }
  /** The lane paused: not retried before a probe finds the cause gone. */
  | { readonly kind: "paused" }
  /** Beyond the attempts that a call waits for, or out of an open lane: nobody is told. */
  | { readonly kind: "silent" };

/** A lane that owes everything in `(cursor, end]`, as after a start. */
export function createLane(regionId: string, cursor: number, end: number, rules: LaneRules): Lane {
  return {
    regionId,
    health: HEALTHY,
    window: rules.windowMax,
    period: 0,
    cursor,
    end,
    unread: new UnreadRanges({ after: cursor, through: end }),
    reading: undefined,
    readAgainAtMs: Number.NEGATIVE_INFINITY,
    live: new PositionQueue(),
    backlog: new PositionQueue(),
    queuedBytes: 0,
    flights: new Map(),
    burying: new Map(),
    buriesDue: new Map(),
    buryAgainAtMs: Number.NEGATIVE_INFINITY,
    heard: false,
    nextId: 1,
  };
}

/** The highest position up to which every own row is settled (L2). */
export function settledThrough(lane: Lane): number {
  let lowest = lane.end;
  const owed = (position: number): void => {
    if (position - 1 < lowest) lowest = position - 1;
  };
  const unread = lane.unread.first();
  if (unread !== undefined) owed(unread.after + 1);
  const live = lane.live.first();
  if (live !== undefined) owed(live.position);
  const backlog = lane.backlog.first();
  if (backlog !== undefined) owed(backlog.position);
  for (const { item } of lane.burying.values()) owed(item.position);
  for (const flight of lane.flights.values()) for (const item of flight.items) owed(item.position);
  return lowest;
}
