import type { Identification, Introduction, StoreMark } from "../../src/evidence/introduction.ts";
import type { Claims, PeerExpectation, PeerMemory } from "../../src/evidence/peer.ts";

export function mark(storeId: string, epoch = "e1", position = 10): StoreMark {
  return { storeId, epoch, position };
}

export function introduction(regionId: string, store: StoreMark, refilling = false): Introduction {
  return { regionId, store, refilling };
}

/** The headers of a region under our own protocol. */
export function says(regionId: string, store: StoreMark, refilling = false): Identification {
  return { from: introduction(regionId, store, refilling), seen: undefined };
}

export const WEST: PeerExpectation = { regionId: "us-west", alias: false, protocol: "auto" };
export const ALIAS: PeerExpectation = { regionId: "replica-west", alias: true, protocol: "auto" };

/** Nobody else claims anything. */
export const UNCLAIMED: Claims = { storeOwner: () => undefined, nameOwner: () => undefined };

export function remembered(parts: Partial<PeerMemory> = {}): PeerMemory {
  return {
    regionId: "us-west",
    reportedRegion: "us-west",
    mark: mark("west-1"),
    replaced: [],
    acknowledgedSeedStyle: false,
    ...parts,
  };
}
