import type { DeadLetter, DeadLetterKind, DeadLetterStatus, LogRow, ReceiptStore } from "@rsync/core";
import { StoreError } from "@rsync/core";
import { RECORDS_MAX } from "./dead-letter-votes.ts";
import type { Engine } from "./engine.ts";
import { DeadLetterNotFoundError, UnknownRegionError } from "./errors.ts";
import { checkedAfter, checkedLimit } from "./list-receipts.ts";

/** Which dead letters. */
export interface DeadLetterOptions {
  /** A configured region. Default: all of them. */
  readonly regionId?: string | undefined;
  readonly receiptId?: string | undefined;
  /** Default: both. */
  readonly kind?: DeadLetterKind | undefined;
  /** Default `open`: what waits for a decision. */
  readonly status?: DeadLetterStatus | "all" | undefined;
  /**
   * `current`, the default: those of the stores that the regions have now. `any`: also those of replaced stores, which are sent
   * everything again, and of regions that are not configured any more.
   */
  readonly store?: "current" | "any" | undefined;
  /** Those with a larger number: `next` of the page before. Default 0: from the beginning. */
  readonly after?: number | undefined;
  /** Dead letters of one page, 1 to 10,000. Default 100. */
  readonly limit?: number | undefined;
}

/** Dead letters in the order in which they were first buried. */
export interface DeadLetterPage {
  readonly letters: readonly DeadLetter[];
  /** The `after` of the next page; `undefined` where nothing follows. */
  readonly next: number | undefined;
}

/** A dead letter with the receipt that lies in it. */
export interface BuriedReceipt {
  readonly letter: DeadLetter;
  /** The receipt itself, as this region's log holds it and would send it again. */
  readonly row: LogRow;
  /** Whether the region still has the store that did not take it. */
  readonly ofCurrentStore: boolean;
}

export async function listDeadLetters(engine: Engine, options: DeadLetterOptions): Promise<DeadLetterPage> {
  const { regionId, receiptId, kind } = options;
  if (regionId !== undefined) requireRegion(engine, regionId);
  const status = options.status === "all" ? undefined : (options.status ?? "open");
  const limit = checkedLimit(options.limit);
  // One more than asked for tells whether anything follows.
  const query = { receiptId, kind, status, after: checkedAfter(options.after), limit: limit + 1 };
  const { store, config } = engine.around;
  const regionIds = regionId === undefined ? config.regions.map((region) => region.regionId) : [regionId];
  const found =
    options.store === "any"
      ? await store.deadLetters({ ...query, regionId })
      : await Promise.all(
          regionIds.map((each) => store.deadLetters({ ...query, regionId: each, storeId: engine.peers.storeOf(each) })),
        );
  const letters = found.flat().toSorted((left, right) => left.number - right.number);
  const page = letters.slice(0, limit);
  return { letters: page, next: letters.length > limit ? page.at(-1)?.number : undefined };
}

/** Every dead letter under an id, whatever has become of it: of both states, and of earlier stores of the region. */
export async function showDeadLetter(
  engine: Engine,
  regionId: string,
  receiptId: string,
): Promise<readonly BuriedReceipt[]> {
  requireRegion(engine, regionId);
  const { store } = engine.around;
  const letters = await store.deadLetters({ regionId, receiptId, limit: RECORDS_MAX });
  if (letters.length === 0) throw new DeadLetterNotFoundError(regionId, receiptId, "it was never buried there");
  const current = engine.peers.storeOf(regionId);
  return Promise.all(
    letters.map(async (letter) => ({
      letter,
      row: await buriedRow(store, letter),
      ofCurrentStore: letter.storeId === current,
    })),
  );
}

/** The own row that a dead letter is about. Rejects with {@link StoreError} where the log does not hold it. */
export async function buriedRow(store: ReceiptStore, letter: DeadLetter): Promise<LogRow> {
  const { position, receiptId, digest, committed } = letter;
  const range = { after: position - 1, through: position, ownOnly: true, rowsMax: 1, bytesMax: 1 };
  const [row] = await store.list(range);
  const { record } = row ?? {};
  if (
    row !== undefined &&
    record?.receiptId === receiptId &&
    record.digest === digest &&
    record.committed === committed
  ) {
    return row;
  }
  throw new StoreError(
    "damaged",
    `The log has no own row of receipt ${receiptId}, which is buried, at position ${position}`,
  );
}

/** Throws {@link UnknownRegionError}. */
export function requireRegion(engine: Engine, regionId: string): void {
  const configured = engine.around.config.regions.map((region) => region.regionId);
  if (!configured.includes(regionId)) throw new UnknownRegionError(regionId, configured);
}
