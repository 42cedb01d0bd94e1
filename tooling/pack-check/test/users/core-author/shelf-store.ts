import {
  type Append,
  type AppendResult,
  type Cursor,
  DeadLetterBook,
  decideAppend,
  type Epoch,
  type LogRow,
  type PeerMemory,
  type ReceiptRecord,
  type ReceiptStore,
  StoreError,
} from "@rsync/core";

/** A log on a shelf: what a library author writes who keeps receipts elsewhere. The rules of appending are core's. */
export class ShelfStore implements ReceiptStore {
  readonly durability = "memory";
  readonly failure = new Promise<StoreError>(() => {});
  readonly #regionId: string;
  readonly #epoch: Epoch = { epoch: "first", storeId: "shelf", startPosition: 0 };
  readonly #rows: LogRow[] = [];
  readonly #cursors: Cursor[] = [];
  readonly #letters = new DeadLetterBook();
  readonly #peers: PeerMemory[] = [];
  #closed = false;

  constructor(regionId: string) {
    this.#regionId = regionId;
  }

  readonly introduction: ReceiptStore["introduction"] = () => {
    const { storeId, epoch } = this.#epoch;
    return { regionId: this.#regionId, store: { storeId, epoch, position: this.#rows.length }, refilling: false };
  };
  readonly epochs: ReceiptStore["epochs"] = () => [this.#epoch];
  readonly append: ReceiptStore["append"] = async (items) => {
    if (this.#closed) throw new StoreError("closed", "The shelf is gone");
    return items.map((item) => this.#append(item));
  };
  readonly get: ReceiptStore["get"] = async (receiptId) =>
    this.#rows.findLast(({ record }) => record.receiptId === receiptId);
  readonly list: ReceiptStore["list"] = async ({ after, through = Number.MAX_SAFE_INTEGER, ownOnly, rowsMax }) =>
    this.#rows
      .filter(({ position, own }) => position > after && position <= through && (own || !ownOnly))
      .slice(0, rowsMax);
  readonly count: ReceiptStore["count"] = async () => ({ rows: this.#rows.length, own: await this.countOwnAfter(0) });
  readonly countOwnAfter: ReceiptStore["countOwnAfter"] = async (after) =>
    this.#rows.filter(({ position, own }) => own && position > after).length;
  readonly conflicts: ReceiptStore["conflicts"] = async () => [];
  readonly cursors: ReceiptStore["cursors"] = async () => this.#cursors;
  readonly saveCursors: ReceiptStore["saveCursors"] = async (cursors) => void this.#cursors.push(...cursors);
  readonly bury: ReceiptStore["bury"] = async (burials) => {
    for (const burial of burials) this.#letters.bury(burial);
  };
  readonly markDeadLetters: ReceiptStore["markDeadLetters"] = async (keys, status, at) =>
    this.#letters.mark(keys, status, at);
  readonly deadLetters: ReceiptStore["deadLetters"] = async (query) => this.#letters.list(query);
  readonly countDeadLetters: ReceiptStore["countDeadLetters"] = async (regionId, storeId) =>
    this.#letters.count(regionId, storeId);
  readonly peers: ReceiptStore["peers"] = async () => this.#peers;
  readonly savePeers: ReceiptStore["savePeers"] = async (peers) => void this.#peers.push(...peers);
  readonly renew: ReceiptStore["renew"] = async () => {};
  readonly startRefilling: ReceiptStore["startRefilling"] = async () => {};
  readonly acceptLoss: ReceiptStore["acceptLoss"] = async () => {};
  readonly close: ReceiptStore["close"] = async () => {
    this.#closed = true;
  };

  #append(item: Append): AppendResult {
    const own = item.kind === "own";
    const record = own ? this.#numbered(item) : item.record;
    const { receiptId, digest, committed } = record;
    const held = this.#rows.filter((row) => row.record.receiptId === receiptId);
    const states = held.map((row) => ({ own: row.own, digest: row.record.digest, committed: row.record.committed }));
    const decision = decideAppend(states, { own, digest, committed });
    if (decision.kind !== "insert") return decision;
    const row = { position: this.#rows.length + 1, own, record: { ...record, committed: decision.committed } };
    this.#rows.push(row);
    return { kind: decision.result, row };
  }

  #numbered({ receipt, digest, timestamp }: Extract<Append, { kind: "own" }>): ReceiptRecord {
    const sourceSeq = this.#rows.filter(({ own }) => own).length + 1;
    return { ...receipt, digest, timestamp, sourceRegion: this.#regionId, sourceStore: "shelf", sourceSeq };
  }
}
