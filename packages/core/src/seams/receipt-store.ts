import type { Introduction } from "../evidence/introduction.ts";
import type { PeerMemory } from "../evidence/peer.ts";
import type { Receipt, ReceiptRecord } from "../receipt/receipt.ts";
import type {
  Burial,
  DeadLetter,
  DeadLetterCounts,
  DeadLetterKey,
  DeadLetterQuery,
  DeadLetterStatus,
} from "./dead-letter.ts";
import type { StoreError } from "./store-error.ts";

/** `fsync`: what the store has committed survives a power loss. `memory`: it does not survive the process. */
export type Durability = "fsync" | "memory";

/** A receipt submitted here: the store gives it the next sequence number, its own store id, and owes it to every region. */
export interface OwnAppend {
  readonly kind: "own";
  readonly receipt: Receipt;
  readonly digest: string;
  /** RFC 3339, the label of when it was accepted here. */
  readonly timestamp: string;
}

/** A receipt that another region sent, with its envelope as it came. */
export interface ForeignAppend {
  readonly kind: "foreign";
  readonly record: ReceiptRecord;
}

/** One receipt to append: submitted here, or sent by another region. */
export type Append = OwnAppend | ForeignAppend;

/** The state that a store holds under an id. */
export interface HeldState {
  readonly digest: string;
  readonly committed: boolean;
}

/**
 * What became of one append; it is told only after the commit that it stands on is on disk (I3).
 * - `stored`: a new row. For an own append also when the same state was held only as a foreign row, and when a stale state
 *   was submitted whose newer one was held only as a foreign row (then the row has `committed: true`).
 * - `upgraded`: a new row, because the held state had `committed: false`.
 * - `duplicate`: the same or a newer state is held; nothing was written. `committed` is what is held.
 * - `conflict`: other content is held under this id (I4). Both are kept; nothing is acknowledged.
 */
export type AppendResult =
  | { readonly kind: "stored" | "upgraded"; readonly row: LogRow }
  | { readonly kind: "duplicate"; readonly held: HeldState }
  | { readonly kind: "conflict"; readonly held: HeldState };

/** One row of the log. Rows never change; an upgrade is a new row. */
export interface LogRow {
  /** Order of commit in this store, from 1, growing; not every number is used by a given reader. */
  readonly position: number;
  /** Submitted here, and so owed to every region from this log. Its number is `record.sourceSeq`. */
  readonly own: boolean;
  readonly record: ReceiptRecord;
}

/** What to read of the log: rows with `after < position <= through`, in order. */
export interface LogRange {
  readonly after: number;
  /** Inclusive; none means to the end. */
  readonly through?: number | undefined;
  /** Only rows submitted here. */
  readonly ownOnly: boolean;
  /** At most this many rows, >= 1. */
  readonly rowsMax: number;
  /** Stop after the row that reaches this many bytes of ids and hashes; at least one row is returned if there is any. */
  readonly bytesMax: number;
}

/** Content that was refused because other content is held under its id. */
export interface Conflict {
  /** Grows with each conflict recorded; for paging. */
  readonly number: number;
  readonly held: HeldState;
  readonly offered: ReceiptRecord;
  /** RFC 3339 label of when it was first refused here. */
  readonly recordedAt: string;
}

/** How far a region's store has everything: all own rows up to `position` are acknowledged by it or buried. Never a vote (I1). */
export interface Cursor {
  readonly regionId: string;
  /** The peer's store id; `seed-style` for a region that does not send one. */
  readonly storeId: string;
  readonly position: number;
}

/** The {@link Cursor.storeId} of a region that never told a store id. */
export const SEED_STYLE_STORE = "seed-style";

/** One opening of a store, or the time since it took another id or stopped voting; from the oldest to the current one. */
export interface Epoch {
  readonly epoch: string;
  /** The store id that was in force when it began. */
  readonly storeId: string;
  /** The last committed position when it began. */
  readonly startPosition: number;
}

/**
 * The log of receipts of one region (DESIGN §9). Implement it to keep receipts elsewhere.
 *
 * Contract: every promise resolves only after what it says is as durable as `durability` claims; it rejects only with
 * {@link StoreError}; appends of concurrent calls may share one commit (group commit) and keep the order of the calls;
 * a row is visible to reads only once it is durable (I3); every read checks the row's checksum.
 */
export interface ReceiptStore {
  readonly durability: Durability;
  /** Who this store is, as of the last commit. Cheap: it goes with every message. */
  readonly introduction: () => Introduction;
  /** Every opening so far, oldest first, the current one last: what a peer's echo is checked against ({@link judgeEcho}). */
  readonly epochs: () => readonly Epoch[];
  /** Appends in order; one result for each item, in the same order. */
  readonly append: (items: readonly Append[]) => Promise<readonly AppendResult[]>;
  /** The newest state held under an id: an own row where there is one, else a foreign one. */
  readonly get: (receiptId: string) => Promise<LogRow | undefined>;
  readonly list: (range: LogRange) => Promise<readonly LogRow[]>;
  /** Rows held and own rows held. */
  readonly count: () => Promise<{ readonly rows: number; readonly own: number }>;
  /** Own rows after a position: what a region with this cursor is still owed at most. */
  readonly countOwnAfter: (position: number) => Promise<number>;
  /** Conflicts recorded under an id, or all of them after a number, oldest first. */
  readonly conflicts: (query: {
    readonly receiptId?: string | undefined;
    readonly after?: number | undefined;
    readonly limit: number;
  }) => Promise<readonly Conflict[]>;
  readonly cursors: () => Promise<readonly Cursor[]>;
  /** May be lost in a crash: an older cursor only sends again. */
  readonly saveCursors: (cursors: readonly Cursor[]) => Promise<void>;
  /**
   * Each key is kept once, for good. Burying it again keeps number and first time, and takes everything else from the new burial.
   * That opens a `resolved` letter again; a `discarded` one stays discarded, because a receipt that is sent again after a crash
   * must not undo an operator's decision: only {@link ReceiptStore.markDeadLetters} opens it.
   */
  readonly bury: (burials: readonly Burial[]) => Promise<void>;
  /**
   * Gives dead letters another status; nothing is ever deleted. A resolved one stays resolved, one that has the status already
   * keeps its time, and a key that was never buried is left out. `at`: RFC 3339 label, kept as `settledAt` unless it is opened.
   */
  readonly markDeadLetters: (keys: readonly DeadLetterKey[], status: DeadLetterStatus, at: string) => Promise<void>;
  /** By number, oldest first; of every status unless the query names one. */
  readonly deadLetters: (query: DeadLetterQuery) => Promise<readonly DeadLetter[]>;
  /** Open dead letters of one store of a region: cheap however many there are. */
  readonly countDeadLetters: (regionId: string, storeId: string) => Promise<DeadLetterCounts>;
  readonly peers: () => Promise<readonly PeerMemory[]>;
  /** Durable when it resolves: a pin that could be forgotten pins nothing. */
  readonly savePeers: (peers: readonly PeerMemory[]) => Promise<void>;
  /**
   * Takes a new store id and starts refilling, because this store was found to be an older copy of itself. At most once per
   * opening; a second call changes nothing. Rows keep the store id and number they got.
   */
  readonly renew: () => Promise<void>;
  /**
   * Stops voting until complete, because peers remember this region under another store. With the same commit an epoch begins: an
   * older copy of this store, which would vote again, is known by not knowing that epoch. Nothing if it does not vote already, or
   * a loss was already accepted.
   */
  readonly startRefilling: () => Promise<void>;
  /** An operator accepts that what the earlier store alone held is lost: this store votes from now on. Nothing where it votes. */
  readonly acceptLoss: () => Promise<void>;
  /** Resolves, once, when this opening can acknowledge nothing more (`failed` or `damaged`). Never rejects. */
  readonly failure: Promise<StoreError>;
  /** Finishes what was begun, then frees everything. Later calls reject with `closed`. */
  readonly close: () => Promise<void>;
}
