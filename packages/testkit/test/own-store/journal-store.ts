/** A store of one's own: core's `ReceiptStore` as a journal of JSON lines, with the log that they make in memory. */
import { randomUUID } from "node:crypto";
import { type AppendResult, MemoryLog, type ReceiptStore, StoreError } from "@rsync/core";
import { type JournalFile, openJournalFile } from "./journal-file.ts";
import { carryOut, formatLine, type JournalLine, parseLine } from "./journal-line.ts";

/** Opens the journal at `path`, or begins one. Only one process at a time may have it open; this example takes no lock. */
export async function openJournalStore(path: string, regionId: string): Promise<ReceiptStore> {
  const file = await openJournalFile(path);
  const lines = file.found.map(parseLine);
  const [first] = lines;
  const created: JournalLine = first?.kind === "create" ? first : { kind: "create", regionId, storeId: randomUUID() };
  if (first === undefined) lines.push(created);
  const log = new MemoryLog(created.regionId, created.storeId);
  for (const line of lines) carryOut(log, line);
  const opening: JournalLine[] = first === undefined ? [created] : [];
  if (log.regionId !== regionId) opening.push({ kind: "rename", regionId, storeId: randomUUID() });
  opening.push({ kind: "open", epoch: randomUUID() });
  await file.append(opening.map(formatLine));
  for (const line of opening) carryOut(log, line);
  return journalStore(log, file);
}

interface Commit {
  readonly line: JournalLine;
  readonly resolve: (results: readonly AppendResult[]) => void;
  readonly reject: (error: unknown) => void;
}

function journalStore(log: MemoryLog, file: JournalFile): ReceiptStore {
  const failure = Promise.withResolvers<StoreError>();
  let waiting: Commit[] = [];
  let running: Promise<void> | undefined;
  let refusal: StoreError | undefined;
  let closing: Promise<void> | undefined;

  /** Group commit: what arrives while one fsync runs shares the next. The log shows a line only once it is durable (I3). */
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const commits = waiting;
      waiting = [];
      try {
        if (refusal?.kind === "failed") throw refusal;
        await file.append(commits.map(({ line }) => formatLine(line)));
        for (const { line, resolve } of commits) resolve(carryOut(log, line));
      } catch (error) {
        if (error instanceof StoreError && error.kind === "failed") {
          refusal = error;
          failure.resolve(error);
        }
        for (const { reject } of commits) reject(error);
      }
    }
    running = undefined;
  };
  const commit = (line: JournalLine): Promise<readonly AppendResult[]> => {
    if (refusal !== undefined) return Promise.reject(refusal);
    const { promise, resolve, reject } = Promise.withResolvers<readonly AppendResult[]>();
    waiting.push({ line, resolve, reject });
    running ??= run();
    return promise;
  };
  const done = async (line: JournalLine): Promise<void> => void (await commit(line));
  const read = async <Found>(look: () => Found): Promise<Found> => {
    if (closing !== undefined) throw closed();
    return look();
  };
  const close = async (): Promise<void> => {
    refusal = closed();
    await running;
    await file.close();
  };

  return {
    durability: "fsync",
    introduction: () => log.introduction(),
    epochs: () => log.epochs,
    append: (items) => commit({ kind: "append", items, recordedAt: new Date().toISOString() }),
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
    renew: () => done({ kind: "renew", storeId: randomUUID(), epoch: randomUUID() }),
    startRefilling: () => done({ kind: "startRefilling", epoch: randomUUID() }),
    acceptLoss: () => done({ kind: "acceptLoss" }),
    failure: failure.promise,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

function closed(): StoreError {
  return new StoreError("closed", "The journal is closed");
}
