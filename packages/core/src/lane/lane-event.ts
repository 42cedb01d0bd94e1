/** What happens to a lane, and what it wants done. */
import type { Fault } from "../evidence/fault.ts";
import type { LogRow } from "../seams/receipt-store.ts";
import type { Health } from "./health.ts";
import type { LaneItem } from "./lane-item.ts";
import type { PositionRange } from "./unread-ranges.ts";

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
  | { readonly kind: "replied"; readonly id: number; readonly outcomes: readonly (ItemOutcome | undefined)[] }
  /** The request gave no evidence; the retry table says what follows. */
  | { readonly kind: "failed"; readonly id: number; readonly fault: Fault; readonly treatment: FailureTreatment }
  /** We gave the request up ourselves. */
  | { readonly kind: "aborted"; readonly id: number }
  | { readonly kind: "buried"; readonly id: number }
  /** The dead letter could not be written: the row stays owed, and `bury` comes again, with the same id, after `readRetryMs`. */
  | { readonly kind: "buryFailed"; readonly id: number }
  /** Rows of dead letters of the region's present store: each goes out once more, when nothing else is to be sent. */
  | { readonly kind: "replay"; readonly rows: readonly LogRow[] }
  /** The region sent us something: it lives. */
  | { readonly kind: "heard" }
  /** Another store answers under the region's name: it is owed everything after its own cursor. */
  | { readonly kind: "storeChanged"; readonly cursor: number }
  /** The moment of `wakeAtMs` came, or other lanes have left a turn; harmless at any other time. */
  | { readonly kind: "woke" };

/**
 * What follows from a request without evidence. `split`: it was too large, smaller ones may pass. `singles`: the region may know
 * no batches. Neither of the two is a failure of the region.
 */
export type FailureTreatment = "retry" | "pause" | "split" | "singles";

/** What the region's reply says of one row of the request. */
export type ItemOutcome =
  | { readonly kind: "acknowledged" }
  | { readonly kind: "refused"; readonly fault: Fault }
  /** Neither: this one is to be tried again. */
  | { readonly kind: "failed"; readonly fault: Fault };

/** What the driver is to do, in this order. */
export type LaneCommand =
  /** Two or more items make a batch; a single one travels as the seeds' protocol has it. */
  | { readonly kind: "send"; readonly id: number; readonly items: readonly LaneItem[] }
  /** Ask the region who it is, for nothing else is to be sent: answered as a `send` without items. */
  | { readonly kind: "probe"; readonly id: number }
  | { readonly kind: "read"; readonly id: number; readonly range: PositionRange; readonly rowsMax: number }
  | {
      readonly kind: "bury";
      readonly id: number;
      readonly item: LaneItem;
      readonly fault: Fault;
      readonly as: "refused" | "poison";
    }
  /** A replay ended: its dead letter is resolved where the region acknowledged it, and else stays what it is. */
  | { readonly kind: "replayed"; readonly item: LaneItem; readonly outcome: "acknowledged" | "failed" | "dropped" }
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
