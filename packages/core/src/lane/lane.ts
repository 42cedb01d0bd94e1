import type { Fault } from "../evidence/fault.ts";
import type { LogRow } from "../seams/receipt-store.ts";
import { BATCHES, type Batching } from "./batching.ts";
import { HEALTHY, type Health, type HealthRules } from "./health.ts";
import type { LaneItem } from "./lane-item.ts";
import { fullPace, type Pace, type PaceRules } from "./pace.ts";
import { PositionQueue } from "./position-queue.ts";
import type { Suspicion } from "./suspicion.ts";
import { type PositionRange, UnreadRanges } from "./unread-ranges.ts";

/**
 * A lane delivers this region's own rows to one remote region, for ever (I2). This file is its state; what happens to it is
 * `stepLane`, a function without clock, chance or I/O. The state is changed in place: it has one owner, the driver.
 *
 * - L1: an own row beyond the cursor is unread, queued, suspected, in flight, being buried, or settled; nothing else (I2).
 * - L2: the cursor never passes an own row that is neither acknowledged nor buried.
 * - L3: at most `queuedReceiptsMax` live and `readRowsMax` * 2 backlog rows wait in memory, `readRowsMax` are being buried, and as
 *   many are suspected, or as one request holds; each plus what `windowMax` requests carry; the rest waits in the log (I8).
 * - L4: after a failure one request is in flight at a time, until one succeeds. Otherwise `window`, a trial and a replay.
 * - L5: no request carries two rows of one receipt id, so that a reply can be matched to them by id.
 */
export interface Lane {
  readonly regionId: string;
  health: Health;
  /** Requests that may be in flight at once while healthy, beside those with what is or may be poison. */
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
  /** When a live row last came, one included that memory had no room for. */
  liveAtMs: number;
  /** Until then the backlog rests, as it does beside live rows. */
  backlogAgainAtMs: number;
  /** Dead letters that are tried once more. The cursor has passed them, and they are sent when nothing else is. */
  replays: LaneItem[];
  /** No replay before this: one has just failed. */
  replayAgainAtMs: number;
  /** A replay failed as its row may have caused, and nothing has shown since whether the region is well. */
  doubted: boolean;
  /** Rows that kept failing, set apart so that they hold up nobody else. */
  suspicion: Suspicion | undefined;
  /** Poison was parked, and the region has taken nothing since: it may be the region that is ill, so no more is parked. */
  parkedInVain: boolean;
  queuedBytes: number;
  flights: Map<number, Flight>;
  /** Rows whose dead letter is not durable yet, by the id of their `bury` command. */
  burying: Map<number, Burial>;
  /** Dead letters that could not be written: ordered again at `buryAgainAtMs`. */
  buriesDue: Map<number, Burial>;
  buryAgainAtMs: number;
  /** A sign of life has cut a wait short since the last success. */
  heard: boolean;
  /** What forms of requests the region takes. */
  batching: Batching;
  /** How much of it at once. */
  pace: Pace;
  nextId: number;
}

/** A row on its way to dead letters: `refused` by the region, or `poison`, which it never answers well. */
interface Burial {
  readonly item: LaneItem;
  readonly fault: Fault;
  readonly as: "refused" | "poison";
}

/** What a request is for: each kind is chosen, limited and judged in its own way. */
export type FlightKind =
  | "live"
  | "backlog"
  /** Of the rows that are under suspicion. */
  | "trial"
  | "replay"
  /** No rows: asks the region who it is. */
  | "probe";

/** One request in flight. `items` is empty once another store took the region's place: the answer settles no row. */
export interface Flight {
  readonly id: number;
  readonly items: readonly LaneItem[];
  readonly kind: FlightKind;
  readonly period: number;
  readonly spendsAttempt: boolean;
  readonly sentAtMs: number;
  /** Until then, or its end, live rows that come gather for one larger request. */
  readonly gatherUntilMs: number;
}

/** The bounds of a lane and its schedule. The same for every region; {@link stepLane} takes them with each event. */
export interface LaneRules extends HealthRules, PaceRules {
  /** Retries after the first attempt that a call waits for; delivery itself never gives up. */
  readonly maxRetries: number;
  /** Requests in flight at once, each on a connection of its own. */
  readonly windowMax: number;
  /** The same towards a region that takes one receipt per request. */
  readonly singlesWindowMax: number;
  readonly requestBytesMax: number;
  /** How long live rows gather at most while another request of such is in flight and they fill none yet; 0 never does. */
  readonly gatherMs: number;
  /** How long a region that knows no batches gets one receipt per request, until batches are tried again. */
  readonly batchRetryMs: number;
  /** Requests of a row that may fail in a way the row could be the cause of, before it comes under suspicion. */
  readonly suspectAfterFailures: number;
  /** Live rows kept in memory, by number and by bytes; what exceeds them is read from the log later. */
  readonly queuedReceiptsMax: number;
  readonly queuedBytesMax: number;
  /** Rows asked of the log at once. */
  readonly readRowsMax: number;
  /** Wait before reading again, or burying again, after the log could not be read or written. */
  readonly readRetryMs: number;
}

/** The moment of an event, and what else a step may use: the lane has neither clock nor chance (I10), and knows no other lane. */
export interface At {
  readonly nowMs: number;
  /** In [0, 1). */
  readonly random: number;
  /** Requests that this lane may have in flight now, at least 1: what other lanes leave of a common limit ({@link turnsOf}). */
  readonly turns: number;
}

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
    liveAtMs: Number.NEGATIVE_INFINITY,
    backlogAgainAtMs: Number.NEGATIVE_INFINITY,
    replays: [],
    replayAgainAtMs: Number.NEGATIVE_INFINITY,
    doubted: false,
    suspicion: undefined,
    parkedInVain: false,
    queuedBytes: 0,
    flights: new Map(),
    burying: new Map(),
    buriesDue: new Map(),
    buryAgainAtMs: Number.NEGATIVE_INFINITY,
    heard: false,
    batching: BATCHES,
    pace: fullPace(rules),
    nextId: 1,
  };
}

/** The highest position up to which every own row is settled (L2). */
export function settledThrough(lane: Lane): number {
  let lowest = lane.end;
  const owed = (position: number | undefined): void => {
    if (position !== undefined && position - 1 < lowest) lowest = position - 1;
  };
  const unread = lane.unread.first();
  if (unread !== undefined) owed(unread.after + 1);
  owed(lane.live.first()?.position);
  owed(lane.backlog.first()?.position);
  for (const { position } of lane.suspicion?.items ?? []) owed(position);
  for (const { item } of lane.burying.values()) if (!item.replay) owed(item.position);
  // A request carries rows in the order of their positions, but for one of suspects.
  for (const { items, kind } of lane.flights.values()) {
    if (kind === "trial") for (const { position } of items) owed(position);
    else if (kind !== "replay") owed(items[0]?.position);
  }
  return lowest;
}

/** What a row weighs in memory and on the wire, roughly: texts, hex, and a fixed part for names and numbers. */
export function bytesOfRow({ record }: LogRow): number {
  return (
    300 + record.receiptId.length + record.transactionId.length + record.hash.length * 2 + record.sourceRegion.length
  );
}
