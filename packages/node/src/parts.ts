import type { Clock, Config, Logger, Random, ReceiptStore, Transport } from "@rsync/core";
import { defined } from "./defined.ts";
import { ManagerEvents } from "./events.ts";
import { guardedLogger } from "./guarded-logger.ts";
import type { IntakeLimits } from "./intake.ts";
import { SeldomLines } from "./seldom-lines.ts";
import { systemRandom } from "./system-random.ts";

/** Limits of delivery to one region. Defaults suit a region of ordinary size; none of them changes what is promised. */
export interface LaneLimits {
  /**
   * Requests in flight at once to one region, each on a connection of its own. Default 4. What may be poison goes beside them, one
   * request at a time, and so does a dead letter that is tried once more: they may hang.
   */
  readonly windowMax: number;
  /** The same to a region that takes one receipt per request, as the seeds' protocol has it. Default 16. */
  readonly singlesWindowMax: number;
  /**
   * Requests in flight at once to all regions together; every region may always have one. Where the limit is reached, those of
   * the lowest `priority` numbers go first. Default 64.
   */
  readonly requestsInFlightMax: number;
  /** Receipts of one request. Default 500; a region that takes fewer is given fewer. */
  readonly batchReceiptsMax: number;
  /** Bytes of one request's receipts, about. Default 512 KiB. A receipt that alone is larger travels alone. */
  readonly batchBytesMax: number;
  /** Live receipts kept in memory for one region; the rest is read from the log when its turn comes. Default 10,000. */
  readonly queuedReceiptsMax: number;
  /** The same by bytes. Default 16 MiB. */
  readonly queuedBytesMax: number;
  /** Rows read from the log at once while catching up. Default 1,000. */
  readonly readRowsMax: number;
  /** First and longest rest of a region that failed again and again; it doubles in between. Defaults 5 s and 30 s. */
  readonly cooldownInitialMs: number;
  readonly cooldownMaxMs: number;
  /** Between two probes of a region that refuses us altogether (401, 403, wrong region). Default 30 s. */
  readonly pauseProbeMs: number;
}

const DEFAULT_LANE_LIMITS: LaneLimits = {
  windowMax: 4,
  singlesWindowMax: 16,
  requestsInFlightMax: 64,
  batchReceiptsMax: 500,
  batchBytesMax: 512 * 1024,
  queuedReceiptsMax: 10_000,
  queuedBytesMax: 16 * 1024 * 1024,
  readRowsMax: 1_000,
  cooldownInitialMs: 5_000,
  cooldownMaxMs: 30_000,
  pauseProbeMs: 30_000,
};

/**
 * What a manager is made of, beside its configuration. `logger`, `receiptLogger` and `laneLimits` are looked at again at each
 * `reconfigure`, so that an object with getters can change them in a running manager.
 */
export interface ManagerParts {
  /** The log of this region. The manager takes it over and closes it. */
  readonly store: ReceiptStore;
  /** How other regions are reached; default HTTP. The manager takes it over and closes it. */
  readonly transport?: Transport | undefined;
  /** Default: the real time of this machine. */
  readonly clock?: Clock | undefined;
  /** Default: `Math.random`. Spreads waiting times; decides nothing else. */
  readonly random?: Random | undefined;
  /** Lines about regions and life cycle. Default: none. */
  readonly logger?: Logger | undefined;
  /** Lines about single receipts (DESIGN §16): expensive at high rates. Default: none. */
  readonly receiptLogger?: Logger | undefined;
  readonly laneLimits?: Partial<LaneLimits> | undefined;
  /** How many submissions may be under way at once. Looked at again with each. */
  readonly intakeLimits?: Partial<IntakeLimits> | undefined;
  /**
   * Receipts of which the manager remembers that they were committed, so that the same submission again is answered at once.
   * Default 10,000; about 1 KiB of memory each; 0 remembers none.
   */
  readonly recentReceiptsMax?: number | undefined;
  /**
   * Regions that may be left out of the configuration although they are still owed receipts. Leaving out any other such
   * region is refused (I2). Their cursors and dead letters stay in the log.
   */
  readonly abandon?: readonly string[] | undefined;
}

/** The same, complete: what every driver of this package works with. */
export interface Surroundings {
  readonly config: Config;
  readonly store: ReceiptStore;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** `undefined` when nobody listens, so that the lines are not even formatted. */
  readonly receiptLogger: Logger | undefined;
  readonly seldomLines: SeldomLines;
  readonly laneLimits: LaneLimits;
  readonly events: ManagerEvents;
}

/** What outlives a change of the configuration: whoever listens goes on listening, and what was told seldom still is. */
export type Lasting = Pick<Surroundings, "events" | "seldomLines">;

/** Fills in the defaults. */
export function surroundings(
  config: Config,
  parts: ManagerParts,
  transport: Transport,
  clock: Clock,
  lasting: Lasting | undefined,
): Surroundings {
  const { receiptLogger } = parts;
  const logger = guardedLogger(parts.logger ?? (() => {}));
  lasting?.seldomLines.speakTo(logger);
  return {
    config,
    store: parts.store,
    transport,
    clock,
    random: parts.random ?? systemRandom,
    logger,
    receiptLogger: receiptLogger === undefined ? undefined : guardedLogger(receiptLogger),
    seldomLines: lasting?.seldomLines ?? new SeldomLines(clock, logger),
    laneLimits: { ...DEFAULT_LANE_LIMITS, ...defined(parts.laneLimits) },
    events: lasting?.events ?? new ManagerEvents(logger),
  };
}
