import type { DeadLetter, DeadLetterKind } from "@rsync/core";
import { RECORDS_MAX } from "./dead-letter-votes.ts";
import type { Engine } from "./engine.ts";
import { DeadLetterNotFoundError, InvalidOptionsError } from "./errors.ts";
import { requireRegion } from "./list-dead-letters.ts";

/** What an operator decides about: always dead letters of the stores that the regions have now. */
export type DeadLetterSelection =
  /** What lies under one receipt id and is not resolved, discarded or not. */
  | {
      readonly kind: "one";
      readonly regionId: string;
      readonly receiptId: string;
      /** Default: every state under the id. */
      readonly digest?: string | undefined;
      readonly committed?: boolean | undefined;
    }
  /** Every open one, of one region or of all. */
  | { readonly kind: "all"; readonly regionId?: string | undefined; readonly letterKind?: DeadLetterKind | undefined }
  /** Every open one whose last burial bears this time or a later one. */
  | {
      readonly kind: "since";
      /** RFC 3339, compared with the labels that this region's clock wrote. */
      readonly since: string;
      readonly regionId?: string | undefined;
      readonly letterKind?: DeadLetterKind | undefined;
    };

/** How to act on a selection. */
export interface DeadLetterActOptions {
  /** Only tells what would be done. Default false. */
  readonly dryRun?: boolean | undefined;
}

/** What was selected, and so acted on unless it was a dry run. */
export interface SelectedDeadLetters {
  readonly dryRun: boolean;
  readonly count: number;
  /** How many of each region that has any. */
  readonly regions: readonly { readonly regionId: string; readonly count: number }[];
  /** The first 100 of them, as they were before. */
  readonly letters: readonly DeadLetter[];
}

/** Does something with some dead letters of one region; resolves once it is done. */
export type ActOnDeadLetters = (regionId: string, letters: readonly DeadLetter[]) => Promise<void>;

/** Dead letters are read and acted on so many at a time, so that memory does not grow with their number (I8). */
const PAGE_LETTERS = 256;
const SHOWN_MAX = 100;

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

/**
 * Finds what is selected and acts on it, page by page, unless it is a dry run. Rejects with {@link UnknownRegionError},
 * {@link InvalidOptionsError}, {@link DeadLetterNotFoundError} for one that is not there, or what the act rejects with; what was
 * acted on by then stays so, and asking again goes on with the rest.
 */
export async function actOnDeadLetters(
  engine: Engine,
  selection: DeadLetterSelection,
  { dryRun = false }: DeadLetterActOptions,
  act: ActOnDeadLetters,
): Promise<SelectedDeadLetters> {
  const shown: DeadLetter[] = [];
  const counts = new Map<string, number>();
  for await (const [regionId, letters] of selectedPages(engine, selection)) {
    if (!dryRun) await act(regionId, letters);
    counts.set(regionId, (counts.get(regionId) ?? 0) + letters.length);
    shown.push(...letters.slice(0, SHOWN_MAX - shown.length));
  }
  const regions = [...counts].map(([regionId, count]) => ({ regionId, count }));
  return { dryRun, count: regions.reduce((sum, { count }) => sum + count, 0), regions, letters: shown };
}

type RegionPage = readonly [regionId: string, letters: readonly DeadLetter[]];

async function* selectedPages(engine: Engine, selection: DeadLetterSelection): AsyncGenerator<RegionPage> {
  const { regionId: only } = selection;
  if (only !== undefined) requireRegion(engine, only);
  const regionIds = only === undefined ? engine.around.config.regions.map(({ regionId }) => regionId) : [only];
  for (const regionId of regionIds) {
    for await (const letters of selectedOfRegion(engine, selection, regionId)) yield [regionId, letters];
  }
}

/** What is selected of one region, by number, in pages of at least one. Rejects as {@link actOnDeadLetters} does. */
export async function* selectedOfRegion(
  engine: Engine,
  selection: DeadLetterSelection,
  regionId: string,
): AsyncGenerator<readonly DeadLetter[]> {
  if (selection.kind === "one") {
    yield await selectOne(engine, selection);
    return;
  }
  const sinceMs = selection.kind === "since" ? readSince(selection.since) : undefined;
  for await (const page of openPages(engine, regionId, selection.letterKind)) {
    const selected = page.filter(({ buriedAt }) => sinceMs === undefined || Date.parse(buriedAt) >= sinceMs);
    if (selected.length > 0) yield selected;
  }
}

/** Ends at the first page that is not full: what is buried meanwhile is not selected for ever. */
async function* openPages(
  engine: Engine,
  regionId: string,
  kind: DeadLetterKind | undefined,
): AsyncGenerator<readonly DeadLetter[]> {
  const storeId = engine.peers.storeOf(regionId);
  const query = { regionId, storeId, kind, status: "open", limit: PAGE_LETTERS } as const;
  let after = 0;
  for (;;) {
    const page = await engine.around.store.deadLetters({ ...query, after });
    yield page;
    after = page.at(-1)?.number ?? after;
    if (page.length < PAGE_LETTERS) return;
  }
}

async function selectOne(
  engine: Engine,
  { regionId, receiptId, digest, committed }: Extract<DeadLetterSelection, { kind: "one" }>,
): Promise<readonly DeadLetter[]> {
  const storeId = engine.peers.storeOf(regionId);
  const letters = await engine.around.store.deadLetters({ regionId, storeId, receiptId, limit: RECORDS_MAX });
  const named = letters.filter(
    (letter) => (digest ?? letter.digest) === letter.digest && (committed ?? letter.committed) === letter.committed,
  );
  const undecided = named.filter(({ status }) => status !== "resolved");
  if (undecided.length > 0) return undecided;
  const resolvedAt = named.at(-1)?.settledAt;
  const detail =
    resolvedAt === undefined
      ? "its present store did not bury it there"
      : `it was resolved at ${resolvedAt}: the region has it`;
  throw new DeadLetterNotFoundError(regionId, receiptId, detail);
}

function readSince(since: string): number {
  const ms = RFC_3339.test(since) ? Date.parse(since) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  throw new InvalidOptionsError("since", "must be an RFC 3339 time such as 2025-11-16T12:00:00Z");
}
