import {
  type Append,
  type AppendResult,
  type Conflict,
  type Cursor,
  type DeadLetter,
  decideAppend,
  type Epoch,
  type Introduction,
  type LogRange,
  type LogRow,
  type PeerMemory,
  type RandomId,
  type ReceiptRecord,
  type ReceiptStore,
  StoreError,
} from "@rsync/core";
import { rfc3339 } from "./rfc3339.ts";
import { systemClock } from "./system-clock.ts";
import { systemRandomId } from "./system-random.ts";

export interface MemoryStoreOptions {
  /** The region whose log this is. */
  readonly regionId: string;
  /** Makes the store id and the epoch. Default: real chance. */
  readonly randomId?: RandomId | undefined;
  /** Wall clock for labels. Default: the real one. */
  readonly wallMs?: (() => number) | undefined;
}

/**
 * A log that keeps nothing: for tests and trials. What it holds is gone with the process, so its confirmations count only with
 * `requireDurable: false` (DESIGN §9). Each one begins empty, under a new store id.
 */
export function memoryStore(options: MemoryStoreOptions): ReceiptStore {
  const log = new MemoryLog(options.regionId, options.randomId ?? systemRandomId, options.wallMs ?? systemClock.wallMs);
  const failure = Promise.withResolvers<StoreError>();
  const answer = async <Result>(work: () => Result): Promise<Result> => {
    log.refuseWhenClosed();
    return work();
  };
  return {
    durability: "memory",
    introduction: () => log.introduction(),
    epochs: () => log.epochs,
    append: (items) => answer(() => items.map((item) => log.append(item))),
    get: (receiptId) => answer(() => log.newest(receiptId)),
    list: (range) => answer(() => log.list(range)),
    count: () => answer(() => ({ rows: log.rows.length, own: log.rows.filter(({ own }) => own).length })),
    countOwnAfter: (position) => answer(() => log.rows.filter((row) => row.own && row.position > position).length),
    conflicts: ({ receiptId, after = 0, limit }) =>
      answer(() =>
        log.conflicts
          .filter(({ number, offered }) => number > after && (receiptId ?? offered.receiptId) === offered.receiptId)
          .slice(0, limit),
      ),
    cursors: () => answer(() => [...log.cursors.values()]),
    saveCursors: (cursors) =>
      answer(() => {
        for (const cursor of cursors) log.cursors.set(JSON.stringify([cursor.regionId, cursor.storeId]), cursor);
      }),
    bury: (letters) =>
      answer(() => {
        for (const letter of letters) log.bury(letter);
      }),
    deadLetters: ({ regionId, receiptId, limit }) =>
      answer(() =>
        [...log.letters.values()]
          .filter((letter) => (regionId ?? letter.regionId) === letter.regionId)
          .filter((letter) => (receiptId ?? letter.receiptId) === letter.receiptId)
          .toSorted((left, right) => left.position - right.position)
          .slice(0, limit),
      ),
    peers: () => answer(() => [...log.peers.values()]),
    savePeers: (peers) =>
      answer(() => {
        for (const peer of peers) log.peers.set(peer.regionId, peer);
      }),
    renew: () => answer(() => log.renew()),
    startRefilling: () => answer(() => log.startRefilling()),
    acceptLoss: () => answer(() => log.acceptLoss()),
    failure: failure.promise,
    close: async () => {
      log.closed = true;
    },
  };
}

/** What a memory store holds, and the rules of the log over it. */
class MemoryLog {
  readonly rows: LogRow[] = [];
  readonly conflicts: Conflict[] = [];
  readonly cursors = new Map<string, Cursor>();
  readonly letters = new Map<string, DeadLetter>();
  readonly peers = new Map<string, PeerMemory>();
  readonly epochs: Epoch[] = [];
  closed = false;
  readonly #byId = new Map<string, LogRow[]>();
  readonly #regionId: string;
  readonly #randomId: RandomId;
  readonly #wallMs: () => number;
  #storeId: string;
  #sequence = 0;
  #renewed = false;
  #voting: "yes" | "refilling" | "lossAccepted" = "yes";

  constructor(regionId: string, randomId: RandomId, wallMs: () => number) {
    this.#regionId = regionId;
    this.#randomId = randomId;
    this.#wallMs = wallMs;
    this.#storeId = randomId();
    this.epochs.push({ epoch: randomId(), storeId: this.#storeId, startPosition: 0 });
  }

  introduction(): Introduction {
    const epoch = this.epochs.at(-1)?.epoch ?? "";
    const store = { storeId: this.#storeId, epoch, position: this.rows.length };
    return { regionId: this.#regionId, store, refilling: this.#voting === "refilling" };
  }

  refuseWhenClosed(): void {
    if (this.closed) throw new StoreError("closed", "The memory store is closed");
  }

  append(item: Append): AppendResult {
    const offered: ReceiptRecord = item.kind === "foreign" ? item.record : this.#ownRecord(item);
    const held = this.#byId.get(offered.receiptId) ?? [];
    const { digest, committed } = offered;
    const own = item.kind === "own";
    const decision = decideAppend(
      held.map((row) => ({ own: row.own, digest: row.record.digest, committed: row.record.committed })),
      { own, digest, committed },
    );
    switch (decision.kind) {
      case "insert": {
        const record = { ...offered, committed: decision.committed };
        return { kind: decision.result, row: this.#insert(own ? this.#numbered(record) : record, own, held) };
      }
      case "duplicate":
        return decision;
      case "conflict":
        this.#recordConflict(offered, decision.held);
        return decision;
    }
  }

  newest(receiptId: string): LogRow | undefined {
    const rows = this.#byId.get(receiptId) ?? [];
    const rank = (row: LogRow): number => (row.record.committed ? 2 : 0) + (row.own ? 1 : 0);
    return rows.toSorted((left, right) => rank(right) - rank(left))[0];
  }

  list({ after, through = Number.POSITIVE_INFINITY, ownOnly, rowsMax, bytesMax }: LogRange): readonly LogRow[] {
    const found: LogRow[] = [];
    let bytes = 0;
    for (const row of this.rows.slice(after)) {
      if (row.position > through || found.length >= rowsMax || bytes >= bytesMax) break;
      if (ownOnly && !row.own) continue;
      found.push(row);
      bytes += row.record.receiptId.length + row.record.transactionId.length + row.record.hash.length;
    }
    return found;
  }

  bury(letter: DeadLetter): void {
    const { regionId, storeId, receiptId, digest, committed } = letter;
    this.letters.set(JSON.stringify([regionId, storeId, receiptId, digest, committed]), letter);
  }

  renew(): void {
    if (this.#renewed) return;
    this.#renewed = true;
    this.#storeId = this.#randomId();
    this.#sequence = 0;
    this.#voting = "refilling";
  }

  startRefilling(): void {
    if (this.#voting === "yes") this.#voting = "refilling";
  }

  acceptLoss(): void {
    if (this.#voting === "refilling") this.#voting = "lossAccepted";
  }

  #ownRecord({ receipt, digest, timestamp }: Extract<Append, { kind: "own" }>): ReceiptRecord {
    return {
      ...receipt,
      digest,
      timestamp,
      sourceRegion: this.#regionId,
      sourceStore: undefined,
      sourceSeq: undefined,
    };
  }

  #numbered(record: ReceiptRecord): ReceiptRecord {
    this.#sequence += 1;
    return { ...record, sourceStore: this.#storeId, sourceSeq: this.#sequence };
  }

  #insert(record: ReceiptRecord, own: boolean, held: readonly LogRow[]): LogRow {
    const row: LogRow = { position: this.rows.length + 1, own, record };
    this.rows.push(row);
    this.#byId.set(record.receiptId, [...held, row]);
    return row;
  }

  #recordConflict(offered: ReceiptRecord, held: Conflict["held"]): void {
    const { receiptId, digest, committed } = offered;
    const known = this.conflicts.some(
      ({ offered: old }) => old.receiptId === receiptId && old.digest === digest && old.committed === committed,
    );
    if (known) return;
    this.conflicts.push({ number: this.conflicts.length + 1, held, offered, recordedAt: rfc3339(this.#wallMs()) });
  }
}
