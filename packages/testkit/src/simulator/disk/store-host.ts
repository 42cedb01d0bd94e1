import type { RandomId } from "@rsync/core";
import type { Draw, Range } from "../draw.ts";

/** Moments of a commit at which a process may die. */
export type CommitPoint = "beforeWrite" | "afterWrite" | "afterFsync";

/** How long a disk takes, in virtual milliseconds. */
export interface DiskSpeed {
  readonly writeMs: Range;
  readonly fsyncMs: Range;
  /** 0 to answer reads at once. */
  readonly readMs: Range;
}

/** The process that a model store runs in. */
export interface StoreHost {
  /** Resolves after so long, later where the process is paused, and never where it has died. */
  readonly wait: (ms: number) => Promise<void>;
  /**
   * The process is dead. Asked before its disk is touched: it may have been killed in the very moment for which it waited, between
   * the end of the wait and whoever waited.
   */
  readonly dead: () => boolean;
  /** A commit came this far; true when the process has died of it, and then nothing more may be done. */
  readonly reached: (point: CommitPoint) => boolean;
  readonly wallMs: () => number;
  readonly randomId: RandomId;
  readonly speed: () => DiskSpeed;
  readonly draw: Draw;
}
