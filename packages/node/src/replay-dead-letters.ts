import type { DeadLetter, Duration, LogRow } from "@rsync/core";
import { timeoutOf } from "./call-options.ts";
import { checkSelection } from "./check-selection.ts";
import { RECORDS_MAX } from "./dead-letter-votes.ts";
import type { Engine } from "./engine.ts";
import { InvalidOptionsError } from "./errors.ts";
import { buriedRow } from "./list-dead-letters.ts";
import * as lines from "./log-lines.ts";
import { rfc3339 } from "./rfc3339.ts";
import {
  actOnDeadLetters,
  type DeadLetterActOptions,
  type DeadLetterSelection,
  type SelectedDeadLetters,
  selectedOfRegion,
} from "./select-dead-letters.ts";

/** How to replay. */
export interface ReplayOptions extends DeadLetterActOptions {
  /** How long this call waits for answers at most; replaying goes on afterwards. Default: `timeout` of the configuration. */
  readonly timeout?: Duration | undefined;
  /** Ends the wait, not the replay: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const OPTIONS: ReadonlySet<string> = new Set<keyof ReplayOptions>(["dryRun", "timeout", "signal"]);

/** What was selected, and what had come of it when the wait ended. */
export interface ReplayedDeadLetters extends SelectedDeadLetters {
  /** Acknowledged by their region, and so resolved. */
  readonly resolved: number;
  /** Refused once more: buried again, with the new reason. */
  readonly refused: number;
  /** Neither: not answered yet, or the attempt failed, or it was a dry run. They stay open. */
  readonly waiting: number;
}

interface Progress {
  resolved: number;
  refused: number;
}

/**
 * Sends what is selected once more, behind everything else that its region is owed. What was discarded is opened again first,
 * durably: from then on a refusal is news, and an acknowledgement resolves it. What is not sent yet when the manager ends stays
 * open, and is not taken up by the next one.
 */
export async function replayDeadLetters(
  engine: Engine,
  selection: DeadLetterSelection,
  options: ReplayOptions,
): Promise<ReplayedDeadLetters> {
  checkSelection(selection, options, OPTIONS);
  const { store, clock, logger, config } = engine.around;
  const timeoutMs = timeoutOf(options.timeout, config);
  options.signal?.throwIfAborted();
  if (!config.crossRegionSyncEnabled) {
    throw new InvalidOptionsError("selection", "nothing is sent while crossRegionSyncEnabled is false");
  }
  const lastNumbers = new Map<string, number>();
  const selected = await actOnDeadLetters(engine, selection, options, async (regionId, letters) => {
    const discarded = letters.filter(({ status }) => status === "discarded");
    if (discarded.length > 0) await store.markDeadLetters(discarded, "open", rfc3339(clock.wallMs()));
    lastNumbers.set(regionId, letters.at(-1)?.number ?? 0);
  });
  for (const { regionId, count } of selected.dryRun ? [] : selected.regions) {
    logger(lines.deadLettersReplayed(regionId, count));
  }
  const progress: Progress = { resolved: 0, refused: 0 };
  // Each region by itself: one that is away holds no other up (I9).
  const replaying = Promise.all(
    [...lastNumbers].map(([regionId, last]) =>
      replayRegion(engine, selection, regionId, last, async (page) => {
        await Promise.all(page.map((letter) => count(engine, letter, progress)));
      }),
    ),
  );
  // Nobody may be waiting any more when it fails.
  replaying.catch((error: unknown) => logger(lines.storeTrouble("replay dead letters", String(error))));
  await within(engine, replaying, timeoutMs, options.signal);
  const { resolved, refused } = progress;
  return { ...selected, resolved, refused, waiting: Math.max(0, selected.count - resolved - refused) };
}

/** Told of each page once all of it was sent, or will not be any more. */
type PageEnded = (letters: readonly DeadLetter[]) => Promise<void>;

/**
 * Sends one region's part of a selection once more, up to a dead letter's number, page by page, so that memory does not grow with
 * their number (I8). Ends early once nothing more is sent to that store of the region.
 */
export async function replayRegion(
  engine: Engine,
  selection: DeadLetterSelection,
  regionId: string,
  lastNumber: number,
  ended: PageEnded,
): Promise<void> {
  for await (const letters of selectedOfRegion(engine, selection, regionId)) {
    const page = letters.filter(({ number }) => number <= lastNumber);
    const [first] = page;
    if (first === undefined) return;
    const rows = await Promise.all(page.map((letter) => buriedRow(engine.around.store, letter)));
    const sent = await sendAll(engine, regionId, first.storeId, rows);
    await ended(page);
    if (!sent) return;
  }
}

/** Whether each of the rows had its turn. Not so once the manager closes, sync is switched off, or the region has another store. */
async function sendAll(engine: Engine, regionId: string, storeId: string, rows: readonly LogRow[]): Promise<boolean> {
  for (;;) {
    const lane = engine.lanes.get(regionId);
    if (lane === undefined || engine.peers.storeOf(regionId) !== storeId) return false;
    await lane.replay(rows);
    if (!lane.stopped) return true;
    // A change of configuration puts another lane in its place, which sends what this one did not.
    if (engine.lanes.get(regionId) === lane) return false;
  }
}

async function count(engine: Engine, before: DeadLetter, progress: Progress): Promise<void> {
  const { regionId, storeId, receiptId, number } = before;
  const letters = await engine.around.store.deadLetters({ regionId, storeId, receiptId, limit: RECORDS_MAX });
  const after = letters.find((letter) => letter.number === number);
  if (after?.status === "resolved") progress.resolved += 1;
  else if (after !== undefined && after.buriedAt !== before.buriedAt) progress.refused += 1;
}

async function within(
  { around: { clock } }: Engine,
  work: Promise<unknown>,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { promise: over, resolve, reject } = Promise.withResolvers<void>();
  const cancel = clock.schedule(timeoutMs, resolve, { keepAlive: true });
  const onAbort = (): void => reject(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([work, over]);
  } finally {
    cancel();
    signal?.removeEventListener("abort", onAbort);
  }
}
