import type { Clock, Logger, RandomId } from "@rsync/core";
import { systemSchedule, systemWallMs } from "./system-clock.ts";
import { systemRandomId } from "./system-random.ts";

/** How a log is opened. Everything but the region has a default. */
export interface SqliteStoreOptions {
  /**
   * The region whose log this is. Opening a file under another region than before gives it a new store id (and says so in
   * the log), because its peers pinned the old id to the old name.
   */
  readonly regionId: string;
  /**
   * A damaged file: `setAside` (default) renames it to `PATH.damaged-TIME` and begins an empty, refilling log, because the
   * other regions hold what it held; `refuse` fails with a `damaged` error and touches nothing.
   */
  readonly onDamage?: "setAside" | "refuse";
  /** What waits for a commit may take this many bytes; beyond it appends fail as `overloaded`. Default 64 MiB. */
  readonly queuedBytesMax?: number;
  /** The log may grow to this many bytes on disk; beyond it appends fail as `full`. Default: as large as the disk. */
  readonly fileBytesMax?: number | undefined;
  /** Rows that the background check reads at a time. Default 500, about 5 ms of the reading thread. */
  readonly scrubRowsMax?: number;
  /** Pause between two such readings. Default 50 ms: a million rows in about two minutes, at a tenth of one core. */
  readonly scrubPauseMs?: number;
  /** From the end of one background check to the start of the next. Default 24 hours. */
  readonly scrubRestMs?: number;
  /** Cursors that no append carried to disk are written after this long. Default 200 ms: losing one only sends again. */
  readonly cursorDelayMs?: number;
  /** Store ids and epochs. Default: 128 bits from the operating system. */
  readonly randomId?: RandomId;
  /** For labels: when a conflict was recorded, how a damaged file is named. Default: the system's clock. */
  readonly wallMs?: Clock["wallMs"];
  /** For the pauses above. Default: the system's timers, which keep no process alive. */
  readonly schedule?: Clock["schedule"];
  /** Damage, a changed region and a failure are said here. Default: nobody listens. */
  readonly logger?: Logger;
  /**
   * The file that both worker threads run, where it is not the one beside this module: a program bundled into one file
   * passes its own URL and calls `runStoreWorker` of `@rsync/store-sqlite/worker` before anything else.
   */
  readonly workerUrl?: URL;
}

/** The options with every default filled in. */
export type ResolvedOptions = Required<Omit<SqliteStoreOptions, "fileBytesMax" | "workerUrl">> &
  Pick<SqliteStoreOptions, "fileBytesMax" | "workerUrl">;

export function resolveOptions(options: SqliteStoreOptions): ResolvedOptions {
  return {
    ...options,
    onDamage: options.onDamage ?? "setAside",
    queuedBytesMax: options.queuedBytesMax ?? 64 * 1024 * 1024,
    scrubRowsMax: options.scrubRowsMax ?? 500,
    scrubPauseMs: options.scrubPauseMs ?? 50,
    scrubRestMs: options.scrubRestMs ?? 24 * 60 * 60 * 1000,
    cursorDelayMs: options.cursorDelayMs ?? 200,
    randomId: options.randomId ?? systemRandomId,
    wallMs: options.wallMs ?? systemWallMs,
    schedule: options.schedule ?? systemSchedule,
    logger: options.logger ?? (() => undefined),
  };
}
