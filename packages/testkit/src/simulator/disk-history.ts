/** The ground truth: what lay durably on a region's disk, and when. Read from the disk itself, never from a process. */
import type { Introduction, LogRow, MemoryLog } from "@rsync/core";

/** A state that a disk held from a moment on. */
interface HeldSince {
  readonly digest: string;
  readonly committed: boolean;
  readonly sinceMs: number;
  /** Of its row. */
  readonly position: number;
}

/** A time during which the disk was one store, and that store voted or did not. */
interface Era {
  readonly storeId: string;
  readonly voting: boolean;
  readonly contents: Map<string, HeldSince[]>;
  endedMs: number;
}

/** Which state is asked for. */
export interface AskedState {
  readonly receiptId: string;
  readonly digest: string;
  readonly committed: boolean;
}

export class DiskHistory {
  readonly #now: () => number;
  #eras: Era[] = [];
  #rows = 0;
  #destroyedMs = Number.NEGATIVE_INFINITY;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes in what became durable; returns the rows that are new. */
  synced(log: MemoryLog): readonly LogRow[] {
    const rows = log.list({ after: this.#rows, ownOnly: false, rowsMax: Infinity, bytesMax: Infinity });
    this.#rows += rows.length;
    const contents = this.#enter(log.introduction());
    for (const row of rows) add(contents, row, this.#now());
    return rows;
  }

  /** The disk is another one now, or an older copy of itself. */
  destroyed(log: MemoryLog | undefined): void {
    this.#destroyedMs = this.#now();
    this.#endEra();
    this.#rows = 0;
    if (log === undefined) return;
    this.#begin(log.introduction(), new Map());
    this.synced(log);
  }

  /** When something was last lost; before all time where nothing ever was. */
  get destroyedMs(): number {
    return this.#destroyedMs;
  }

  /** Whether the disk held the state, or the committed one of the same content, at some moment from `sinceMs` until now. */
  held(state: AskedState, sinceMs = this.#now()): boolean {
    return this.#eras.some((era) => era.endedMs >= sinceMs && holds(era, state));
  }

  /** The same, while its store was one that votes. */
  voted(state: AskedState, sinceMs = this.#now()): boolean {
    return this.#eras.some((era) => era.voting && era.endedMs >= sinceMs && holds(era, state));
  }

  /** The lowest position at which the disk, as this store, ever held the state; none where it never did. */
  positionAs(storeId: string, { receiptId, digest, committed }: AskedState): number | undefined {
    const held = this.#eras.flatMap((era) => (era.storeId === storeId ? (era.contents.get(receiptId) ?? []) : []));
    const fitting = held.filter((each) => each.digest === digest && (each.committed || !committed));
    return fitting.length === 0 ? undefined : Math.min(...fitting.map(({ position }) => position));
  }

  /** Whether the disk ever was this store. */
  wasStore(storeId: string): boolean {
    return this.#eras.some((era) => era.storeId === storeId);
  }

  /** Whether its store was one that does not vote, at some moment since. */
  refilledSince(sinceMs: number): boolean {
    return this.#eras.some((era) => !era.voting && era.endedMs >= sinceMs);
  }

  /** Whether the disk, as this store, ever was one that does not vote. */
  refilledAs(storeId: string): boolean {
    return this.#eras.some((era) => era.storeId === storeId && !era.voting);
  }

  /** Whether the disk ever held other content under this id. */
  everHeldOther({ receiptId, digest }: Omit<AskedState, "committed">): boolean {
    return this.#eras.some((era) => (era.contents.get(receiptId) ?? []).some((held) => held.digest !== digest));
  }

  /** Whether the disk ever held other content under this id, as a store that is none of these. */
  heldOtherBut(stores: readonly string[], { receiptId, digest }: Omit<AskedState, "committed">): boolean {
    return this.#eras.some(
      ({ storeId, contents }) =>
        !stores.includes(storeId) && (contents.get(receiptId) ?? []).some((held) => held.digest !== digest),
    );
  }

  /** The digests that lie under an id now. */
  digestsNow(receiptId: string): ReadonlySet<string> {
    const era = this.#eras.at(-1);
    const held = era === undefined || era.endedMs !== Infinity ? [] : (era.contents.get(receiptId) ?? []);
    return new Set(held.map(({ digest }) => digest));
  }

  #enter(introduction: Introduction): Map<string, HeldSince[]> {
    const era = this.#eras.at(-1);
    const { storeId } = introduction.store;
    const voting = !introduction.refilling;
    if (era === undefined || era.endedMs !== Infinity) return this.#begin(introduction, new Map());
    if (era.storeId === storeId && era.voting === voting) return era.contents;
    era.endedMs = this.#now();
    return this.#begin(introduction, new Map(era.contents));
  }

  #begin(introduction: Introduction, contents: Map<string, HeldSince[]>): Map<string, HeldSince[]> {
    const { store, refilling } = introduction;
    this.#eras.push({ storeId: store.storeId, voting: !refilling, contents, endedMs: Infinity });
    return contents;
  }

  #endEra(): void {
    const era = this.#eras.at(-1);
    if (era !== undefined && era.endedMs === Infinity) era.endedMs = this.#now();
  }
}

function holds({ contents, endedMs }: Era, { receiptId, digest, committed }: AskedState): boolean {
  return (contents.get(receiptId) ?? []).some(
    (held) => held.digest === digest && (held.committed || !committed) && held.sinceMs <= endedMs,
  );
}

function add(contents: Map<string, HeldSince[]>, { position, record }: LogRow, nowMs: number): void {
  const { receiptId, digest, committed } = record;
  contents.set(receiptId, [...(contents.get(receiptId) ?? []), { digest, committed, sinceMs: nowMs, position }]);
}
