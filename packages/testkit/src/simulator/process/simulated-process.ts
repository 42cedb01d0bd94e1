import type {
  Clock,
  ConfigInput,
  HeldState,
  Identification,
  Logger,
  LogRow,
  Outcome,
  PartialEnvelope,
  Random,
  Receipt,
  ReceiptInput,
  ReceiptStore,
  Transport,
} from "@rsync/core";

/** What a caller is told of a receipt; the results of `@rsync/node` fit. */
export interface ToldResult {
  readonly receiptId: string;
  readonly digest: string;
  readonly committed: boolean;
  readonly outcome: Outcome | "disabled";
  readonly regions: readonly { readonly regionId: string; readonly vote: "confirmed" | "refused" | "pending" }[];
}

/** What a caller of `inspect` was told, as far as checkers judge it. */
export interface ToldInspection {
  readonly digest: string | undefined;
  readonly committed: boolean;
  readonly quorumAchieved: boolean;
  readonly regions: readonly { readonly regionId: string; readonly confirmed: boolean }[];
}

/** What an operator is told of another region. */
export interface ToldStatus {
  readonly regionId: string;
  readonly isAvailable: boolean;
  /** The store that it had when it was last believed. */
  readonly storeId?: string | undefined;
  /** A store answers there that was replaced, and is not believed. */
  readonly split?: boolean | undefined;
}

type Received =
  | { readonly kind: "acknowledged"; readonly digest: string; readonly committed: boolean }
  | { readonly kind: "conflict"; readonly held: HeldState; readonly offered: HeldState };

/** The receiving side of a region; the receiver of `@rsync/node` fits. */
export interface SimulatedReceiver {
  readonly receive: (receipt: Receipt, envelope: PartialEnvelope, sender: Identification) => Promise<Received>;
  /** One result for each, in their order. */
  readonly receiveBatch: (
    items: readonly { readonly receipt: Receipt; readonly envelope: PartialEnvelope }[],
    sender: Identification,
  ) => Promise<readonly Received[]>;
  readonly read: (
    receiptId: string,
    sender: Identification,
  ) => Promise<{ readonly kind: "held"; readonly row: LogRow } | { readonly kind: "absent" | "unknown" }>;
  readonly describe: (sender: Identification) => Promise<unknown>;
  readonly identification: (sender: Identification) => Identification;
  readonly durability: "fsync" | "memory";
  readonly policyDigest: string;
}

/** Every open dead letter, or what lies under one id. */
type SelectedLetters =
  | { readonly kind: "all" }
  | { readonly kind: "one"; readonly regionId: string; readonly receiptId: string };

/** What the simulator starts for a region, crashes, and starts again. `ReceiptSyncManager` of `@rsync/node` fits. */
export interface SimulatedProcess {
  readonly syncReceipt: (receipt: ReceiptInput, options?: { readonly timeout?: number }) => Promise<ToldResult>;
  readonly awaitQuorum: (receiptId: string, options?: { readonly digest?: string }) => Promise<ToldResult>;
  readonly verifyQuorum: (receiptId: string) => Promise<boolean>;
  readonly inspect: (receiptId: string) => Promise<ToldInspection>;
  readonly getSyncStatus: () => Promise<readonly ToldStatus[]>;
  readonly acceptLoss: () => Promise<void>;
  /** A page of what other regions did not take. */
  readonly deadLetters: () => Promise<unknown>;
  /** Sends dead letters once more; resolves when each of them was answered, failed, or will not be sent any more. */
  readonly replayDeadLetters: (selection: SelectedLetters, options?: { readonly timeout?: number }) => Promise<unknown>;
  readonly discardDeadLetters: (selection: SelectedLetters) => Promise<unknown>;
  readonly close: (options?: { readonly drainMs?: number }) => Promise<void>;
  readonly receiver: SimulatedReceiver;
}

/** Limits of delivery, small enough in a simulation to be reached. */
export interface SimulatedLaneLimits {
  readonly windowMax: number;
  /** Towards a region that takes one receipt per request. */
  readonly singlesWindowMax: number;
  /** To all regions together. */
  readonly requestsInFlightMax: number;
  readonly batchReceiptsMax: number;
  readonly batchBytesMax: number;
  readonly queuedReceiptsMax: number;
  readonly readRowsMax: number;
  readonly cooldownInitialMs: number;
  readonly cooldownMaxMs: number;
  readonly pauseProbeMs: number;
}

/** What a process is made of; nothing else of the machine may be used by it (I10). */
export interface ProcessParts {
  readonly config: ConfigInput;
  readonly store: ReceiptStore;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly laneLimits: SimulatedLaneLimits;
  /** Committed states that it may remember, to answer the same again from memory. */
  readonly recentReceiptsMax: number;
  /** Regions that the configuration leaves out by mistake may be left out. */
  readonly abandon: readonly string[];
}

/** Starts the code under test. */
export type StartProcess = (parts: ProcessParts) => Promise<SimulatedProcess>;
