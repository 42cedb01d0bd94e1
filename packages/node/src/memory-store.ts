import { MemoryLog, type RandomId, type ReceiptStore, StoreError } from "@rsync/core";
import { rfc3339 } from "./rfc3339.ts";
import { systemClock } from "./system-clock.ts";
import { systemRandomId } from "./system-random.ts";

/** Whose log it is, and where its chance and labels come from. */
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
  const { regionId, randomId = systemRandomId, wallMs = systemClock.wallMs } = options;
  const log = new MemoryLog(regionId, randomId());
  log.open(randomId());
  let closed = false;
  const answer = async <Result>(work: () => Result): Promise<Result> => {
    if (closed) throw new StoreError("closed", "The memory store is closed");
    return work();
  };
  return {
    durability: "memory",
    introduction: () => log.introduction(),
    epochs: () => log.epochs,
    append: (items) => answer(() => items.map((item) => log.append(item, rfc3339(wallMs())))),
    get: (receiptId) => answer(() => log.get(receiptId)),
    list: (range) => answer(() => log.list(range)),
    count: () => answer(() => log.count()),
    countOwnAfter: (position) => answer(() => log.countOwnAfter(position)),
    conflicts: ({ receiptId, after = 0, limit }) => answer(() => log.conflicts(receiptId, after, limit)),
    cursors: () => answer(() => log.cursors()),
    saveCursors: (cursors) => answer(() => each(cursors, (cursor) => log.saveCursor(cursor))),
    bury: (letters) => answer(() => each(letters, (letter) => log.bury(letter))),
    markDeadLetters: (keys, status, at) => answer(() => log.markDeadLetters(keys, status, at)),
    deadLetters: (query) => answer(() => log.deadLetters(query)),
    countDeadLetters: (regionId, storeId) => answer(() => log.countDeadLetters(regionId, storeId)),
    peers: () => answer(() => log.peers()),
    savePeers: (peers) => answer(() => each(peers, (peer) => log.savePeer(peer))),
    renew: () => answer(() => log.renew(randomId(), randomId())),
    startRefilling: () => answer(() => log.startRefilling(randomId())),
    acceptLoss: () => answer(() => log.acceptLoss()),
    // Memory does not fail: this one never settles.
    failure: new Promise(() => {}),
    close: async () => {
      closed = true;
    },
  };
}

function each<Item>(items: readonly Item[], work: (item: Item) => void): void {
  for (const item of items) work(item);
}
