import type { Burial, Conflict, DeadLetter, DeadLetterKey, Fault, PeerMemory } from "@rsync/core";
import { recordOfCells } from "./rows-of-slices.ts";
import type { BurialCells, ConflictCells, DeadLetterCells, DeadLetterKeyCells, PeerCells } from "./threads/messages.ts";

export function cellsOfDeadLetterKey(key: DeadLetterKey): DeadLetterKeyCells {
  return [key.regionId, key.storeId, key.receiptId, key.digest, key.committed ? 1 : 0];
}

export function cellsOfBurial(burial: Burial): BurialCells {
  const { position, kind, fault, attempts, buriedAt } = burial;
  return [...cellsOfDeadLetterKey(burial), position, kind, JSON.stringify(fault), attempts, buriedAt];
}

export function deadLetterOfCells(cells: DeadLetterCells): DeadLetter {
  const [regionId, storeId, receiptId, digest, committed, position, kind, fault, attempts, buriedAt, ...kept] = cells;
  const [number, firstBuriedAt, status, settledAt] = kept;
  return {
    number,
    regionId,
    storeId,
    receiptId,
    digest,
    committed: committed === 1,
    position,
    kind,
    fault: JSON.parse(fault) as Fault, // only cellsOfBurial writes this column
    attempts,
    firstBuriedAt,
    buriedAt,
    status,
    settledAt: settledAt ?? undefined,
  };
}

export function cellsOfPeer(peer: PeerMemory): PeerCells {
  return [peer.regionId, JSON.stringify(peer)];
}

export function peerOfCells([, memory]: PeerCells): PeerMemory {
  const { regionId, reportedRegion, mark, replaced, acknowledgedSeedStyle } = JSON.parse(memory) as PeerMemory; // only cellsOfPeer writes this column
  // JSON leaves out what is undefined.
  return { regionId, reportedRegion, mark, replaced, acknowledgedSeedStyle };
}

export function conflictOfCells(cells: ConflictCells): Conflict {
  const [number, digest, committed, recordedAt, offered] = cells;
  return { number, held: { digest, committed: committed === 1 }, offered: recordOfCells(offered), recordedAt };
}
