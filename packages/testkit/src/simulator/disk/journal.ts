/** What a model store writes to its disk: commands that, carried out in order over core's `MemoryLog`, make the log again. */
import {
  type Append,
  type AppendResult,
  type Burial,
  type Cursor,
  type DeadLetterKey,
  type DeadLetterStatus,
  MemoryLog,
  type PeerMemory,
} from "@rsync/core";

export type JournalCommand =
  /** The first of every journal: a new store. */
  | { readonly kind: "create"; readonly regionId: string; readonly storeId: string }
  | { readonly kind: "open"; readonly epoch: string }
  | { readonly kind: "append"; readonly items: readonly Append[]; readonly recordedAt: string }
  | { readonly kind: "saveCursors"; readonly cursors: readonly Cursor[] }
  | { readonly kind: "bury"; readonly burials: readonly Burial[] }
  | {
      readonly kind: "markDeadLetters";
      readonly keys: readonly DeadLetterKey[];
      readonly status: DeadLetterStatus;
      readonly at: string;
    }
  | { readonly kind: "savePeers"; readonly peers: readonly PeerMemory[] }
  | { readonly kind: "renew"; readonly storeId: string; readonly epoch: string }
  | { readonly kind: "rename"; readonly regionId: string; readonly storeId: string }
  | { readonly kind: "startRefilling"; readonly epoch: string }
  | { readonly kind: "acceptLoss" };

/** Commands that reach the disk together or not at all. */
export type Transaction = readonly JournalCommand[];

/** Carries out one command; an append returns what became of its items. */
export function carryOut(log: MemoryLog, command: JournalCommand): readonly AppendResult[] {
  switch (command.kind) {
    case "create":
      return [];
    case "open":
      log.open(command.epoch);
      return [];
    case "append":
      return command.items.map((item) => log.append(item, command.recordedAt));
    case "saveCursors":
      for (const cursor of command.cursors) log.saveCursor(cursor);
      return [];
    case "bury":
      for (const burial of command.burials) log.bury(burial);
      return [];
    case "markDeadLetters":
      log.markDeadLetters(command.keys, command.status, command.at);
      return [];
    case "savePeers":
      for (const peer of command.peers) log.savePeer(peer);
      return [];
    case "renew":
      log.renew(command.storeId, command.epoch);
      return [];
    case "rename":
      log.rename(command.regionId, command.storeId);
      return [];
    case "startRefilling":
      log.startRefilling(command.epoch);
      return [];
    case "acceptLoss":
      log.acceptLoss();
      return [];
  }
}

/** The log that a journal makes; nothing where the disk is empty. */
export function replay(journal: readonly Transaction[]): MemoryLog | undefined {
  const first = journal[0]?.[0];
  if (first?.kind !== "create") return undefined;
  const log = new MemoryLog(first.regionId, first.storeId);
  for (const transaction of journal) for (const command of transaction) carryOut(log, command);
  return log;
}
