import type { Conflict, DeadLetter, Fault, PeerMemory } from "@rsync/core";
import { recordOfCells } from "./row/row-cells.ts";
import type { ConflictCells, DeadLetterCells, PeerCells } from "./threads/messages.ts";

export function cellsOfDeadLetter(letter: DeadLetter): DeadLetterCells {
  return [
    letter.regionId,
    letter.storeId,
    letter.receiptId,
    letter.digest,
    letter.committed ? 1 : 0,
    letter.position,
    JSON.stringify(letter.fault),
    letter.attempts,
    letter.buriedAt,
  ];
}

export function deadLetterOfCells(cells: DeadLetterCells): DeadLetter {
  const [regionId, storeId, receiptId, digest, committed, position, fault, attempts, buriedAt] = cells;
  return {
    regionId,
    storeId,
    receiptId,
    digest,
    committed: committed === 1,
    position,
    fault: JSON.parse(fault) as Fault, // only cellsOfDeadLetter writes this column
    attempts,
    buriedAt,
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
