/** A store on a simulated disk: what `ReceiptStore` promises, and a crash at every moment in between. */
import { type AppendResult, MemoryLog, type ReceiptStore, StoreError } from "@rsync/core";
import { CommitQueue } from "./commit-queue.ts";
import type { Disk } from "./disk.ts";
import type { JournalCommand, Transaction } from "./journal.ts";
import { carryOut } from "./journal.ts";
import type { StoreHost } from "./store-host.ts";

/**
 * Opens the log that lies on `disk`, or makes a new one. The epoch row is durable before anything is answered, and with it
 * whatever was found in the page cache (DESIGN §9). Rejects with `full` or `failed` as any commit does.
 */
export async function openModelStore(disk: Disk, regionId: string, host: StoreHost): Promise<ReceiptStore> {
  const { wait, speed, draw, randomId } = host;
  const { readMs, writeMs, fsyncMs } = speed();
  await wait(draw.number(readMs));
  const found = disk.read();
  const opening: JournalCommand[] = [];
  const log = found ?? new MemoryLog(regionId, randomId());
  if (found === undefined) opening.push({ kind: "create", regionId, storeId: log.introduction().store.storeId });
  else if (found.regionId !== regionId) opening.push({ kind: "rename", regionId, storeId: randomId() });
  opening.push({ kind: "open", epoch: randomId() });
  await wait(draw.number(writeMs));
  await makeDurable(disk, opening, host, draw.number(fsyncMs));
  for (const command of opening) carryOut(log, command);
  return modelStore(log, new CommitQueue(disk, log, host), host);
}

async function makeDurable(disk: Disk, opening: Transaction, host: StoreHost, fsyncMs: number): Promise<void> {
  if (host.dead()) return host.wait(0);
  if (disk.write(opening, host.draw) === "full")
    throw new StoreError("full", "The disk is full; the store can not be opened");
  if (host.reached("afterWrite")) return host.wait(0);
  await host.wait(fsyncMs);
  if (host.dead()) return host.wait(0);
  if (disk.fsync(host.draw) === "failed") throw new StoreError("failed", "An fsync failed while opening the store");
  if (host.reached("afterFsync")) return host.wait(0);
}

function modelStore(log: MemoryLog, queue: CommitQueue, host: StoreHost): ReceiptStore {
  let closed = false;
  const closedError = (): StoreError => new StoreError("closed", "The store is closed");
  const commit = async (command: JournalCommand): Promise<readonly AppendResult[]> => {
    if (closed) throw closedError();
    return queue.commit(command);
  };
  const done = async (command: JournalCommand): Promise<void> => {
    await commit(command);
  };
  const read = async <Found>(look: () => Found): Promise<Found> => {
    if (closed) throw closedError();
    const readMs = host.draw.number(host.speed().readMs);
    if (readMs > 0) await host.wait(readMs);
    return look();
  };
  return {
    durability: "fsync",
    introduction: () => log.introduction(),
    epochs: () => log.epochs,
    append: (items) => {
      if (items.length === 0 && !closed) return Promise.resolve([]);
      return commit({ kind: "append", items, recordedAt: new Date(host.wallMs()).toISOString() });
    },
    get: (receiptId) => read(() => log.get(receiptId)),
    list: (range) => read(() => log.list(range)),
    count: () => read(() => log.count()),
    countOwnAfter: (position) => read(() => log.countOwnAfter(position)),
    conflicts: ({ receiptId, after = 0, limit }) => read(() => log.conflicts(receiptId, after, limit)),
    cursors: () => read(() => log.cursors()),
    saveCursors: (cursors) => done({ kind: "saveCursors", cursors }),
    bury: (burials) => done({ kind: "bury", burials }),
    markDeadLetters: (keys, status, at) => done({ kind: "markDeadLetters", keys, status, at }),
    deadLetters: (query) => read(() => log.deadLetters(query)),
    countDeadLetters: (regionId, storeId) => read(() => log.countDeadLetters(regionId, storeId)),
    peers: () => read(() => log.peers()),
    savePeers: (peers) => done({ kind: "savePeers", peers }),
    renew: () => done({ kind: "renew", storeId: host.randomId(), epoch: host.randomId() }),
    startRefilling: () => done({ kind: "startRefilling", epoch: host.randomId() }),
    acceptLoss: () => done({ kind: "acceptLoss" }),
    failure: queue.failure,
    close: async () => {
      closed = true;
      await queue.drain();
    },
  };
}
