/** What the threads of a store say to each other. Every request is answered by one reply with its number. */
import type {
  Cursor,
  DeadLetterCounts,
  DeadLetterKind,
  DeadLetterQuery,
  DeadLetterStatus,
  Epoch,
  LogLine,
  LogRange,
} from "@rsync/core";
import type { OpenLogRequest } from "../file/open-log.ts";
import type { StoreProblem } from "../file/store-problem.ts";
import type { Flag, RowSlice } from "../row/block.ts";
import type { ReceiptCells } from "../row/receipt-cells.ts";
import type { Identity } from "../writer/log-state.ts";
import type { AppendOutcomes, AppendRun } from "./append-messages.ts";

/** What `new Worker` is given, and how `runStoreWorker` knows that the thread is one of ours. */
export interface WorkerRole {
  readonly rsyncStoreThread: "writer" | "reader";
}

/** What names a dead letter. */
export type DeadLetterKeyCells = readonly [
  regionId: string,
  storeId: string,
  receiptId: string,
  digest: string,
  committed: Flag,
];

/** A burial as it is written: the fault as JSON. */
export type BurialCells = readonly [
  ...key: DeadLetterKeyCells,
  position: number,
  kind: DeadLetterKind,
  fault: string,
  attempts: number,
  buriedAt: string,
];

/** A dead letter as it is kept. */
export type DeadLetterCells = readonly [
  ...burial: BurialCells,
  number: number,
  firstBuriedAt: string,
  status: DeadLetterStatus,
  settledAt: string | null,
];

export type PeerCells = readonly [regionId: string, memory: string];

/** What a transaction does, in order. */
export type WriteJob = { readonly kind: "append"; readonly runs: readonly AppendRun[] } | SideJob;

/** Everything but appending. */
export type SideJob =
  | { readonly kind: "bury"; readonly burials: readonly BurialCells[] }
  | {
      readonly kind: "markDeadLetters";
      readonly keys: readonly DeadLetterKeyCells[];
      readonly status: DeadLetterStatus;
      readonly at: string;
    }
  | { readonly kind: "savePeers"; readonly peers: readonly PeerCells[] }
  | { readonly kind: "saveCursors"; readonly cursors: readonly Cursor[] }
  | { readonly kind: "renew"; readonly storeId: string; readonly epoch: string }
  | { readonly kind: "startRefilling"; readonly epoch: string }
  | { readonly kind: "acceptLoss" };

/** Of each job of a transaction: nothing where it is no `append`. */
export type JobOutcomes = readonly (AppendOutcomes | undefined)[];

export type WriterRequest =
  | {
      readonly kind: "open";
      readonly log: OpenLogRequest;
      readonly newEpoch: string;
    }
  | { readonly kind: "write"; readonly jobs: readonly WriteJob[]; readonly recordedAt: string }
  | { readonly kind: "close" };

/** State after a commit, as far as the other side needs it; identity and epochs only where they changed. */
export interface Progress {
  readonly position: number;
  readonly own: number;
  readonly identity: Identity | undefined;
  readonly epochs: readonly Epoch[] | undefined;
}

export type WriterReply =
  | {
      readonly kind: "opened";
      readonly progress: Progress;
      readonly cursors: readonly Cursor[];
      readonly lines: readonly LogLine[];
    }
  | { readonly kind: "written"; readonly progress: Progress; readonly outcomes: JobOutcomes }
  | { readonly kind: "closed" };

export type ReaderRequest =
  | { readonly kind: "open"; readonly path: string }
  | { readonly kind: "get"; readonly receiptId: string }
  | { readonly kind: "list"; readonly range: LogRange }
  | { readonly kind: "countOwnThrough"; readonly position: number }
  | {
      readonly kind: "conflicts";
      readonly receiptId: string | undefined;
      readonly after: number;
      readonly limit: number;
    }
  | { readonly kind: "deadLetters"; readonly query: DeadLetterQuery }
  | { readonly kind: "countDeadLetters"; readonly regionId: string; readonly storeId: string }
  | { readonly kind: "peers" }
  | { readonly kind: "scrub"; readonly after: number; readonly rowsMax: number }
  | { readonly kind: "close" };

/** A conflict as it is read: number, what is held, when, and the offered receipt. */
export type ConflictCells = readonly [
  number: number,
  heldDigest: string,
  heldCommitted: Flag,
  recordedAt: string,
  offered: ReceiptCells,
];

export type ReaderReply =
  | { readonly kind: "rows"; readonly slices: readonly RowSlice[] }
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "conflicts"; readonly conflicts: readonly ConflictCells[] }
  | { readonly kind: "deadLetters"; readonly letters: readonly DeadLetterCells[] }
  | { readonly kind: "deadLetterCounts"; readonly counts: DeadLetterCounts }
  | { readonly kind: "peers"; readonly peers: readonly PeerCells[] }
  | { readonly kind: "scrubbed"; readonly through: number | undefined }
  | { readonly kind: "done" };

/** The number of what a thread says without being asked: always a problem. */
export const NOTICE = 0;

/** A request on its way to a thread; numbers grow from 1. */
export interface Envelope<Request> {
  readonly number: number;
  readonly request: Request;
}

/** Its reply, or why there is none. */
export type Answer<Reply> =
  | { readonly number: number; readonly reply: Reply }
  | { readonly number: number; readonly problem: StoreProblem };
