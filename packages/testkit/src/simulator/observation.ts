/** What the checkers get to see: disks, messages, and what callers were told. Never the state of a process. */
import type { Introduction, LogRow, MemoryLog, StoreMark } from "@rsync/core";
import type { DiskHistory } from "./disk-history.ts";
import type { Answer, Request } from "./network/message.ts";
import type { QuorumRule, SimulationOptions } from "./options.ts";

export interface CallMade {
  readonly number: number;
  readonly kind: "sync" | "await" | "verify" | "inspect";
  readonly regionId: string;
  /** Which process of the region. */
  readonly incarnation: number;
  readonly receiptId: string;
  /** SHA-256 of what was submitted or asked for; none where only the id was given. */
  readonly digest: string | undefined;
  readonly committed: boolean;
  readonly startedMs: number;
  /**
   * When the first of an unbroken chain of calls for this receipt began in this process: votes may be inherited from there. A
   * submission that repeats a committed one may be answered as that was (DESIGN §10).
   */
  readonly votesFromMs: number;
  /** The rule that the region was configured with. */
  readonly rule: QuorumRule;
}

/** What a caller was told. */
export type Told =
  | {
      readonly kind: "result";
      readonly outcome: "committed" | "pending" | "refused" | "disabled";
      readonly digest: string;
      readonly committed: boolean;
      readonly confirmed: readonly string[];
      readonly refused: readonly string[];
    }
  | {
      readonly kind: "inspected";
      readonly quorum: boolean;
      readonly digest: string | undefined;
      readonly committed: boolean;
      readonly confirmed: readonly string[];
    }
  | { readonly kind: "verified"; readonly quorum: boolean }
  | { readonly kind: "rejected"; readonly error: string };

/** Evidence that reached a process: an answer of the region's own process, unaltered. */
export interface EvidenceHeard {
  /** When it began to count: as it was heard, or once its store was durably pinned. */
  readonly atMs: number;
  /** When the request left that it answers: what its region held then may be gone before it is heard. */
  readonly askedMs: number;
  readonly storeId: string;
  readonly digest: string;
  readonly committed: boolean;
  readonly refilling: boolean;
  /** By now the listener knows, durably, that this store was replaced. */
  readonly replaced: boolean;
}

/** One process of a region. */
export interface Speaker {
  readonly regionId: string;
  readonly incarnation: number;
}

export type Observation =
  | { readonly kind: "made"; readonly call: CallMade }
  | { readonly kind: "told"; readonly call: CallMade; readonly told: Told }
  /** Rows became durable on a region's disk. */
  | { readonly kind: "rowsDurable"; readonly regionId: string; readonly rows: readonly LogRow[] }
  /** Something became durable on a region's disk. */
  | { readonly kind: "synced"; readonly regionId: string; readonly log: MemoryLog }
  | { readonly kind: "destroyed"; readonly regionId: string }
  /** A process sends something: who it says it is, and the states that it says its region holds. */
  | {
      readonly kind: "spoke";
      readonly regionId: string;
      readonly introduction: Introduction;
      readonly holds: readonly { readonly receiptId: string; readonly digest: string; readonly committed: boolean }[];
      /** What it was shown just before of what others remember of its store. */
      readonly echo: StoreMark | undefined;
      /** It says that other content than these lies under their ids. */
      readonly refuses: readonly { readonly receiptId: string; readonly digest: string }[];
    }
  | {
      readonly kind: "requested";
      readonly from: Speaker;
      readonly introduction: Introduction;
      readonly to: string;
      readonly request: Request;
      /** Deliveries under way to that region, single receipts and batches alike, this one included. */
      readonly inFlight: number;
      /** The same, to all regions. */
      readonly inFlightToAll: number;
    }
  /** A process has taken in what another region asked or sent, and so knows how that one introduced itself. */
  | { readonly kind: "met"; readonly by: Speaker; readonly from: Introduction; readonly arrivedMs: number }
  /** An answer, true or not, reached the process that had asked. */
  | {
      readonly kind: "heard";
      readonly by: Speaker;
      readonly regionId: string;
      readonly request: Request;
      readonly sentMs: number;
      readonly answer: Answer;
    }
  /** All is well, and these were submitted at one instant. */
  | { readonly kind: "together"; readonly regionId: string; readonly receiptIds: readonly string[] }
  /** A process does nothing until it goes on. */
  | { readonly kind: "paused"; readonly regionId: string }
  /** The fault phase is over. */
  | { readonly kind: "healed" }
  | { readonly kind: "converged"; readonly afterMs: number }
  /** The longest rest is over: nobody has a reason any more to call another unavailable. */
  | { readonly kind: "rested" }
  | { readonly kind: "ended" };

/** The world as checkers see it. */
export interface WorldView {
  readonly options: SimulationOptions;
  readonly nowMs: () => number;
  readonly disk: (regionId: string) => DiskHistory;
  /** What is durable on a region's disk now. */
  readonly log: (regionId: string) => MemoryLog | undefined;
  /** What is on a region's disk now: introduction and epochs, as far as durable. */
  readonly durable: (regionId: string) => { readonly introduction: Introduction; readonly epochs: readonly string[] };
  /** How long one commit takes at most, at the speed that a region's machine has now. */
  readonly commitMsMax: (regionId: string) => number;
  /** Unaltered answers about a receipt that reached a process from a region. */
  readonly evidence: (call: CallMade, regionId: string) => readonly EvidenceHeard[];
  /** An operator let a replaced store vote, in any region, at or after this moment. */
  readonly lossAcceptedSince: (ms: number) => boolean;
  /** It has said something that is not so, perhaps about who it is. */
  readonly hasLied: (regionId: string) => boolean;
}

/** One question put to a run. Returns what is wrong, or nothing. */
export interface Checker {
  readonly name: string;
  readonly observe: (observation: Observation, world: WorldView) => string | undefined;
}

/** A checker may keep what it saw of one run. */
export type MakeChecker = () => Checker;
