import {
  type Fault,
  type PeerExpectation,
  type PeerMemory,
  treatmentOf,
  UNAVAILABLE_AFTER_FAILURES,
} from "@rsync/core";

/** What is known of one region while the process lives, whatever becomes of its place in the configuration. */
export interface PeerEntry {
  /** Changes with the configuration; what is remembered stays. */
  expected: PeerExpectation;
  memory: PeerMemory;
  /** Counts pins; a reply counts only once the pin it stands on is durable. */
  pinned: number;
  pinDurable: number;
  saving: Promise<void> | undefined;
  /** The mark grew since it was last saved. */
  markDirty: boolean;
  storeChangedAtMs: number;
  /** When a replaced store last answered. */
  splitAtMs: number;
  refilling: boolean;
  /** Greetings in a row that nobody answered who takes us; none once any reply was worth something. */
  vainGreetings: number;
}

export function newPeerEntry(expected: PeerExpectation, memory: PeerMemory): PeerEntry {
  return {
    expected,
    memory,
    pinned: 0,
    pinDurable: 0,
    saving: undefined,
    markDirty: false,
    storeChangedAtMs: Number.NEGATIVE_INFINITY,
    splitAtMs: Number.NEGATIVE_INFINITY,
    refilling: false,
    vainGreetings: 0,
  };
}

/**
 * Whether the region has its place is said with everything that is saved of it: an answer to what was asked before it was left out
 * may come afterwards, and would have it owed everything again.
 */
export function leaveOut(entry: PeerEntry, leftOut: boolean): void {
  if (leftOut === (entry.memory.leftOut ?? false)) return;
  entry.memory = { ...entry.memory, leftOut };
  entry.markDirty = true;
}

/** A greeting came to nothing. Who answers it in another way than ours, as peers of the seeds do, is there all the same. */
export function noteVainGreeting(entry: PeerEntry, fault: Fault): void {
  const { kind } = fault;
  const isRefused = treatmentOf(fault, { seedStyle: false, receipts: 1 }) === "pause";
  if (isRefused) entry.vainGreetings = UNAVAILABLE_AFTER_FAILURES;
  else if (kind === "unreachable" || kind === "timeout" || kind === "broken") entry.vainGreetings += 1;
  else entry.vainGreetings = 0;
}
