/**
 * A log in memory: the rules of `ReceiptStore` (DESIGN §9) as plain synchronous state, without time, chance or disk. Stores
 * that keep nothing are made of it, and so are models that say what a real store ought to hold.
 */
import type { Introduction } from "../evidence/introduction.ts";
import type { PeerMemory } from "../evidence/peer.ts";
import type { ReceiptRecord } from "../receipt/receipt.ts";
import type {
  Burial,
  DeadLetter,
  DeadLetterCounts,
  DeadLetterKey,
  DeadLetterQuery,
  DeadLetterStatus,
} from "../seams/dead-letter.ts";
import type { Append, AppendResult, Conflict, Cursor, Epoch, LogRange, LogRow } from "../seams/receipt-store.ts";
import { DeadLetterBook } from "./dead-letter-book.ts";
import { decideAppend } from "./decide-append.ts";

/** Whether the store may vote (DESIGN §9, Refilling). An accepted loss is remembered, so that an old echo changes nothing. */
type Voting = "yes" | "refilling" | "lossAccepted";

/** Changed in place; it has one owner. The same calls in the same order always make the same log. */
export class MemoryLog {
  #regionId: string;
  readonly epochs: Epoch[] = [];
  readonly #rows: LogRow[] = [];
  readonly #byId = new Map<string, LogRow[]>();
  readonly #conflicts: Conflict[] = [];
  readonly #cursors = new Map<string, Cursor>();
  readonly #letters = new DeadLetterBook();
  readonly #peers = new Map<string, PeerMemory>();
  #ownRows = 0;
  #storeId: string;
  #sequence = 0;
  #renewed = false;
  #voting: Voting = "yes";

  /** An empty log of a new store. Nothing may be asked of it before {@link open}. */
  constructor(regionId: string, storeId: string) {
    this.#regionId = regionId;
    this.#storeId = storeId;
  }

  get regionId(): string {
    return this.#regionId;
  }

  /** Begins an opening: from here on the log belongs to this epoch. */
  open(epoch: string): void {
    this.#beginEpoch(epoch);
    this.#renewed = false;
  }

  introduction(): Introduction {
    const epoch = this.epochs.at(-1)?.epoch ?? "";
    const store = { storeId: this.#storeId, epoch, position: this.#rows.length };
    return { regionId: this.#regionId, store, refilling: this.#voting === "refilling" };
  }

  /** `recordedAt` is the label that a conflict gets. */
  append(item: Append, recordedAt: string): AppendResult {
    const own = item.kind === "own";
    const offered = own ? this.#unnumbered(item) : item.record;
    const { digest, committed } = offered;
    const held = this.#byId.get(offered.receiptId) ?? [];
    const states = held.map((row) => ({ own: row.own, digest: row.record.digest, committed: row.record.committed }));
    const decision = decideAppend(states, { own, digest, committed });
    switch (decision.kind) {
      case "insert": {
        const record = { ...offered, committed: decision.committed };
        return { kind: decision.result, row: this.#insert(own ? this.#numbered(record) : record, own, held) };
      }
      case "duplicate":
        return decision;
      case "conflict":
        this.#recordConflict(offered, decision.held, recordedAt);
        return decision;
    }
  }

  /** The newest state under an id: an own row where there is one. */
  get(receiptId: string): LogRow | undefined {
    const rank = (row: LogRow): number => (row.record.committed ? 2 : 0) + (row.own ? 1 : 0);
    return (this.#byId.get(receiptId) ?? []).toSorted((left, right) => rank(right) - rank(left))[0];
  }

  list({ after, through = Number.POSITIVE_INFINITY, ownOnly, rowsMax, bytesMax }: LogRange): LogRow[] {
    const found: LogRow[] = [];
    let bytes = 0;
    for (let index = Math.max(0, after); index < this.#rows.length; index += 1) {
      const row = this.#rows[index];
      if (row === undefined || row.position > through || found.length >= rowsMax || bytes >= bytesMax) break;
      if (ownOnly && !row.own) continue;
      found.push(row);
      bytes += row.record.receiptId.length + row.record.transactionId.length + row.record.hash.length;
    }
    return found;
  }

  count(): { readonly rows: number; readonly own: number } {
    return { rows: this.#rows.length, own: this.#ownRows };
  }

  countOwnAfter(position: number): number {
    return this.#rows.slice(Math.max(0, position)).filter((row) => row.own).length;
  }

  conflicts(receiptId: string | undefined, after: number, limit: number): Conflict[] {
    return this.#conflicts
      .filter(({ number, offered }) => number > after && (receiptId ?? offered.receiptId) === offered.receiptId)
      .slice(0, limit);
  }

  cursors(): Cursor[] {
    return [...this.#cursors.values()];
  }

  saveCursor(cursor: Cursor): void {
    this.#cursors.set(JSON.stringify([cursor.regionId, cursor.storeId]), cursor);
  }

  bury(burial: Burial): void {
    this.#letters.bury(burial);
  }

  markDeadLetters(keys: readonly DeadLetterKey[], status: DeadLetterStatus, at: string): void {
    this.#letters.mark(keys, status, at);
  }

  deadLetters(query: DeadLetterQuery): DeadLetter[] {
    return this.#letters.list(query);
  }

  countDeadLetters(regionId: string, storeId: string): DeadLetterCounts {
    return this.#letters.count(regionId, storeId);
  }

  peers(): PeerMemory[] {
    return [...this.#peers.values()];
  }

  savePeer(peer: PeerMemory): void {
    this.#peers.set(peer.regionId, peer);
  }

  /** Says whether `renew` would do anything: it does at most once in each opening. */
  get renewable(): boolean {
    return !this.#renewed;
  }

  /**
   * Goes on under another store id, in an epoch of its own, and refills; numbers begin anew, rows keep what they have. So every
   * id that the store ever had is among its epochs, and an echo of it is no news.
   */
  renew(storeId: string, epoch: string): void {
    if (this.#renewed) return;
    this.#storeId = storeId;
    this.#sequence = 0;
    this.#beginEpoch(epoch);
    this.#renewed = true;
    this.#voting = "refilling";
  }

  /**
   * Becomes the log of another region, under a new store id; numbers begin anew, rows keep what they have. One that refills stays
   * so; a loss that was accepted was another region's.
   */
  rename(regionId: string, storeId: string): void {
    this.#regionId = regionId;
    this.#storeId = storeId;
    this.#sequence = 0;
    if (this.#voting === "lossAccepted") this.#voting = "yes";
  }

  /**
   * Stops voting, in an epoch of its own: whoever hears of it remembers that epoch, and a copy of this log from before does not
   * know it. Told by nobody else, such a copy would vote again without what it lost (DESIGN §9).
   */
  startRefilling(epoch: string): void {
    if (this.#voting !== "yes") return;
    this.#voting = "refilling";
    this.#beginEpoch(epoch);
  }

  acceptLoss(): void {
    if (this.#voting === "refilling") this.#voting = "lossAccepted";
  }

  #beginEpoch(epoch: string): void {
    this.epochs.push({ epoch, storeId: this.#storeId, startPosition: this.#rows.length });
  }

  #unnumbered({ receipt, digest, timestamp }: Extract<Append, { kind: "own" }>): ReceiptRecord {
    const sourceRegion = this.#regionId;
    return { ...receipt, digest, timestamp, sourceRegion, sourceStore: undefined, sourceSeq: undefined };
  }

  #numbered(record: ReceiptRecord): ReceiptRecord {
    this.#sequence += 1;
    return { ...record, sourceStore: this.#storeId, sourceSeq: this.#sequence };
  }

  #insert(record: ReceiptRecord, own: boolean, held: readonly LogRow[]): LogRow {
    const row: LogRow = { position: this.#rows.length + 1, own, record };
    this.#rows.push(row);
    if (own) this.#ownRows += 1;
    this.#byId.set(record.receiptId, [...held, row]);
    return row;
  }

  /** I4: the other content is kept once, as evidence. */
  #recordConflict(offered: ReceiptRecord, held: Conflict["held"], recordedAt: string): void {
    const { receiptId, digest, committed } = offered;
    const known = this.#conflicts.some(
      ({ offered: old }) => old.receiptId === receiptId && old.digest === digest && old.committed === committed,
    );
    if (known) return;
    this.#conflicts.push({ number: this.#conflicts.length + 1, held, offered, recordedAt });
  }
}
