/**
 * Every line this package logs, with its level and wording: the seeds' lines to the letter, and ours beside them. Lines about
 * a single receipt go to a logger of their own (DESIGN §16), because at high rates they cost more than the work they tell of.
 */
import type { LogLevel, LogLine } from "@rsync/core";

type Fields = LogLine["fields"];

function line(level: LogLevel, message: string, fields: Fields): LogLine {
  return { level, message, fields };
}

// About single receipts

export const syncStarted = (receiptId: string, regions: number, threshold: number): LogLine =>
  line("info", `Starting receipt sync for ${receiptId} to ${regions} regions (quorum: ${threshold})`, {
    receiptId,
    regions,
    threshold,
  });

/** The attempt is told from the second on. */
export const receiptSynced = (receiptId: string, region: string, attempt: number): LogLine =>
  line(
    "info",
    `Receipt ${receiptId} successfully synced to region: ${region}${attempt > 1 ? ` on attempt ${attempt}` : ""}`,
    {
      receiptId,
      region,
      attempt,
    },
  );

export const receiptSyncedOnAttempt = (receiptId: string, region: string, attempt: number): LogLine =>
  line("debug", `Receipt ${receiptId} synced to region ${region} on attempt ${attempt}`, {
    receiptId,
    region,
    attempt,
  });

export const syncResult = (receiptId: string, synced: number, total: number, quorum: boolean): LogLine =>
  line("info", `Receipt ${receiptId} sync result: ${synced}/${total} regions synced, quorum=${quorum}`, {
    receiptId,
    synced,
    total,
    quorum,
  });

export const retrying = (receiptId: string, region: string, attempt: number, max: number, backoffMs: number): LogLine =>
  line(
    "warn",
    `Retrying receipt ${receiptId} sync to ${region} (attempt ${attempt}/${max}, backoff: ${Math.round(backoffMs)}ms)`,
    {
      receiptId,
      region,
      attempt,
      max,
      backoffMs,
    },
  );

export const nonRetryable = (receiptId: string, region: string, error: string): LogLine =>
  line("warn", `Non-retryable error syncing receipt ${receiptId} to ${region}: ${error}`, { receiptId, region, error });

export const retriesExhausted = (receiptId: string, region: string, max: number): LogLine =>
  line("warn", `Max retries (${max}) exhausted for receipt ${receiptId} to ${region}`, { receiptId, region, max });

export const syncFailed = (receiptId: string, region: string, error: string): LogLine =>
  line("error", `Failed to sync receipt ${receiptId} to region ${region}: ${error}`, { receiptId, region, error });

export const quorumFailed = (receiptId: string, confirmed: number, total: number): LogLine =>
  line("error", `Quorum consensus failed for receipt ${receiptId}: ${confirmed}/${total} regions confirmed`, {
    receiptId,
    confirmed,
    total,
  });

export const quorumVerified = (receiptId: string, confirmed: number, total: number): LogLine =>
  line("info", `Quorum verification for receipt ${receiptId}: ${confirmed}/${total} confirmed`, {
    receiptId,
    confirmed,
    total,
  });

export const receiptVerified = (receiptId: string, region: string): LogLine =>
  line("debug", `Receipt ${receiptId} verified in region: ${region}`, { receiptId, region });

export interface OtherContent {
  readonly receiptId: string;
  readonly from: string;
  readonly held: string;
  readonly offered: string;
}

export const conflictRefused = (
  { receiptId, from, held, offered }: OtherContent,
  leftOut: number | undefined = undefined,
): LogLine =>
  line(
    "warn",
    `Receipt ${receiptId} refused: other content is held under this id (held ${held}, offered ${offered} by ${from})${alsoLeftOut(leftOut)}`,
    { receiptId, from, held, offered, leftOut },
  );

export const refusalBuried = (receiptId: string, region: string, error: string, leftOut: number): LogLine =>
  line(
    "warn",
    `Region ${region} does not take receipt ${receiptId}, which now lies in its dead letters: ${error}${alsoLeftOut(leftOut)}`,
    { receiptId, region, error, leftOut },
  );

const alsoLeftOut = (leftOut = 0): string =>
  leftOut === 0 ? "" : `. So it went for ${leftOut} more since the last such line`;

// About regions and life cycle

export const initialized = (region: string, regions: number): LogLine =>
  line("info", "Multi-region receipt sync initialized", { region, regions });

export const regionAvailable = (region: string): LogLine =>
  line("info", `Region ${region} marked as available (failure_count reset to 0)`, { region, failureCount: 0 });

export const regionUnavailable = (region: string, failureCount: number): LogLine =>
  line("warn", `Region ${region} marked as unavailable (failure_count: ${failureCount})`, { region, failureCount });

export const regionFailed = (region: string, failureCount: number, error: string): LogLine =>
  line("debug", `Region ${region} sync failed (failure_count: ${failureCount})`, { region, failureCount, error });

export const regionPaused = (region: string, error: string, probeMs: number): LogLine =>
  line("error", `Region ${region} paused until somebody mends it (probed every ${probeMs}ms): ${error}`, {
    region,
    error,
    probeMs,
  });

export const poisonParked = (receiptId: string, region: string, error: string): LogLine =>
  line(
    "error",
    `Receipt ${receiptId} is parked as poison for region ${region}, which takes others: ${error}. It is tried again every hour`,
    { receiptId, region, error },
  );

export const syncTaskPanicked = (region: string, error: string): LogLine =>
  line("error", `Sync task panicked: ${error}`, { region, error });

export const verificationTaskPanicked = (region: string, error: string): LogLine =>
  line("error", `Verification task panicked: ${error}`, { region, error });

export const policyWarning = (message: string): LogLine => line("warn", message, {});

export const policyDiffers = (region: string, ours: string, theirs: string): LogLine =>
  line(
    "warn",
    `Region ${region} has another quorum policy than this one (theirs ${theirs}, ours ${ours}): compare the configurations`,
    {
      region,
      ours,
      theirs,
    },
  );

export const storeReplaced = (region: string, before: string, after: string): LogLine =>
  line(
    "warn",
    `Region ${region} answers with another store (${after} instead of ${before}): it is sent everything again`,
    {
      region,
      before,
      after,
    },
  );

export const storeSplit = (region: string, current: string): LogLine =>
  line("error", `Region ${region} is split: a store that was replaced by ${current} still answers under its name`, {
    region,
    current,
  });

export const rolledBack = (peer: string, before: string, after: string): LogLine =>
  line(
    "error",
    `The own store is an older copy of itself: region ${peer} has seen more of it. It continues as ${after} instead of ${before} and does not vote until complete or the loss is accepted`,
    { peer, before, after },
  );

export const refilling = (peer: string, remembered: string): LogLine =>
  line(
    "error",
    `Region ${peer} remembers this region under another store (${remembered}): this one does not vote until complete or the loss is accepted`,
    { peer, remembered },
  );

export const memoryDoesNotVote = (): LogLine =>
  line(
    "warn",
    "The receipt log is kept in memory, and requireDurable is true: this region's own vote never counts",
    {},
  );

export const strangerRemembers = (sender: string, leftOut: number): LogLine =>
  line(
    "warn",
    `Region ${sender} remembers another or a newer store of this region, but is not configured here and so not believed: it takes no answer of this store for a confirmation. If it is one of yours, put it into \`regions\`${alsoLeftOut(leftOut)}`,
    { sender, leftOut },
  );

export const lossAccepted = (storeId: string): LogLine =>
  line("warn", `An operator accepted the loss of what an earlier store held: ${storeId} votes from now on`, {
    storeId,
  });

const countedLetters = (count: number): string => `${count} dead letter${count === 1 ? "" : "s"}`;

export const deadLettersDiscarded = (region: string, count: number): LogLine =>
  line("warn", `An operator discarded ${countedLetters(count)} of region ${region}`, { region, count });

export const deadLettersReplayed = (region: string, count: number): LogLine =>
  line("info", `An operator replays ${countedLetters(count)} of region ${region}`, { region, count });

export const storeTrouble = (what: string, error: string): LogLine =>
  line("error", `The store could not ${what}: ${error}`, { what, error });

export const listenerThrew = (event: string, error: string): LogLine =>
  line("error", `A listener of "${event}" threw: ${error}`, { event, error });

export const unexpectedWhileAnswering = (error: unknown): LogLine =>
  line("error", `Unexpected error while answering another region: ${String(error)}`, {
    stack: error instanceof Error ? error.stack : undefined,
  });

export const greetingFailed = (region: string, error: string): LogLine =>
  line("error", `Region ${region} could not be asked who it is: ${error}`, { region, error });
