/** What happened to a log, one thing a line: the same lines in the same order always make the same log. */
import {
  type Append,
  type AppendResult,
  type Burial,
  bytesFromHex,
  type Cursor,
  type DeadLetterKey,
  type DeadLetterStatus,
  hexFromBytes,
  type MemoryLog,
  type PeerMemory,
} from "@rsync/core";

export type JournalLine =
  | { readonly kind: "create"; readonly regionId: string; readonly storeId: string }
  | { readonly kind: "rename"; readonly regionId: string; readonly storeId: string }
  | { readonly kind: "open"; readonly epoch: string }
  | { readonly kind: "append"; readonly items: readonly Append[]; readonly recordedAt: string }
  | { readonly kind: "saveCursors"; readonly cursors: readonly Cursor[] }
  | { readonly kind: "savePeers"; readonly peers: readonly PeerMemory[] }
  | { readonly kind: "bury"; readonly burials: readonly Burial[] }
  | {
      readonly kind: "markDeadLetters";
      readonly keys: readonly DeadLetterKey[];
      readonly status: DeadLetterStatus;
      readonly at: string;
    }
  | { readonly kind: "renew"; readonly storeId: string; readonly epoch: string }
  | { readonly kind: "startRefilling"; readonly epoch: string }
  | { readonly kind: "acceptLoss" };

/** Says what became of the receipts of an `append`. The rules are core's. */
export function carryOut(log: MemoryLog, line: JournalLine): readonly AppendResult[] {
  switch (line.kind) {
    case "create": // whoever read this line made the log
      break;
    case "rename":
      log.rename(line.regionId, line.storeId);
      break;
    case "open":
      log.open(line.epoch);
      break;
    case "append":
      return line.items.map((item) => log.append(item, line.recordedAt));
    case "saveCursors":
      for (const cursor of line.cursors) log.saveCursor(cursor);
      break;
    case "savePeers":
      for (const peer of line.peers) log.savePeer(peer);
      break;
    case "bury":
      for (const burial of line.burials) log.bury(burial);
      break;
    case "markDeadLetters":
      log.markDeadLetters(line.keys, line.status, line.at);
      break;
    case "renew":
      log.renew(line.storeId, line.epoch);
      break;
    case "startRefilling":
      log.startRefilling(line.epoch);
      break;
    case "acceptLoss":
      log.acceptLoss();
      break;
  }
  return [];
}

/** JSON knows no integers of 64 bits and no bytes: they are written as `{"u64":...}` and `{"hex":...}`. */
export function formatLine(line: JournalLine): string {
  return JSON.stringify(line, (_, value: unknown) => {
    if (typeof value === "bigint") return { u64: String(value) };
    return value instanceof Uint8Array ? { hex: hexFromBytes(value) } : value;
  });
}

/** Only for lines whose checksum holds: they are what {@link formatLine} wrote. */
export function parseLine(text: string): JournalLine {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== "object" || value === null) return value;
    if ("u64" in value) return BigInt(String(value.u64));
    return "hex" in value ? bytesFromHex(String(value.hex)) : value;
  });
}
