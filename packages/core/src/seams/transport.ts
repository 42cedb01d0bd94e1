import type { Fault } from "../evidence/fault.ts";
import type { Identification, Introduction, StoreMark } from "../evidence/introduction.ts";
import type { PartialEnvelope } from "../receipt/parse-receipt.ts";
import type { Receipt, ReceiptRecord } from "../receipt/receipt.ts";
import type { Durability } from "./receipt-store.ts";

declare global {
  /** Named here so that core needs neither DOM nor Node types; theirs merge with it. */
  interface AbortSignal {}
}

/** Where a request goes. Given with every call, so that a transport keeps no configuration that could grow stale. */
export interface Destination {
  readonly regionId: string;
  /** http(s) URL without trailing slash; a path prefix is part of it. A custom transport may read it as it likes. */
  readonly endpoint: string;
  /** Bounds the whole attempt, from connecting to the last byte of the reply. */
  readonly timeoutMs: number;
}

/** What every call carries. */
export interface TransportCall {
  readonly to: Destination;
  /** Who we are, for the peer. */
  readonly from: Introduction;
  /**
   * The highest mark we keep of the peer's store, echoed so that a store that was restored from the past, or stands in for a lost one,
   * finds out (DESIGN §9). To be delivered with every call: an answer is judged as one of somebody who was shown it (I2).
   */
  readonly seen: StoreMark | undefined;
  /** Aborting settles the call promptly with fault `aborted`. */
  readonly signal: AbortSignal;
}

/** What came back. A reply may identify its sender even where it is a failure. */
export type TransportResult<Reply> =
  | { readonly kind: "replied"; readonly reply: Reply; readonly identification: Identification }
  | { readonly kind: "failed"; readonly fault: Fault; readonly identification: Identification };

/** A region's word that it holds a receipt. Only what it says; whether it is evidence, core judges ({@link judgeAcknowledgement}). */
export interface Acknowledgement {
  readonly receiptId: string;
  readonly digest: string | undefined;
  readonly committed: boolean | undefined;
  readonly durability: Durability | undefined;
}

/** A region's word about one receipt of a batch. {@link matchBatchReplies} says to which receipt it belongs. */
export type BatchItemReply =
  | { readonly kind: "acknowledged"; readonly acknowledgement: Acknowledgement }
  /** The fault is the item's own, of kind `status`: that one receipt was not taken, whatever became of its neighbours. */
  | {
      readonly kind: "failed";
      readonly receiptId: string;
      /** Of the content that the fault is about, where the region names it. */
      readonly digest: string | undefined;
      readonly fault: Fault;
    };

/** What a region says about one receipt id. */
export type ReadReply =
  /** The contents; whoever compares recomputes the digest from them. */
  | {
      readonly kind: "held";
      readonly receipt: Receipt;
      readonly envelope: PartialEnvelope;
      readonly durability: Durability | undefined;
    }
  /** A bare yes, as the seeds' peers give it. */
  | { readonly kind: "present" }
  | { readonly kind: "absent" }
  | { readonly kind: "pruned" }
  /** The store lost an earlier one's contents and cannot tell. */
  | { readonly kind: "unknown" };

/** How a region describes itself, beside who it is: that its {@link Identification} says. */
export interface RegionDescription {
  readonly durability: Durability;
  /** Equal where two regions ask for the same quorum. */
  readonly policyDigest: string;
}

/**
 * Carries receipts to other regions and questions about them. Implement it to replace HTTP.
 *
 * Contract: sending twice is harmless; an expected failure resolves as `failed`, a rejection is a bug; the transport
 * enforces `timeoutMs` (I7: it alone), never retries by itself, and settles promptly when the signal aborts; calls run
 * concurrently; after `close` every call fails as `aborted`.
 */
export interface Transport {
  /** Delivers one receipt. */
  readonly send: (call: TransportCall, record: ReceiptRecord) => Promise<TransportResult<Acknowledgement>>;
  /**
   * Delivers several receipts in one request; no two of them bear the same id, which is the caller's to see to. A region's word
   * about each is an item of the reply, in any order, and what it says nothing about is not answered; a failure is about the
   * request as a whole and says nothing about any receipt. A transport without it is given each receipt with `send`.
   */
  readonly sendBatch?: (
    call: TransportCall,
    records: readonly ReceiptRecord[],
  ) => Promise<TransportResult<readonly BatchItemReply[]>>;
  /** Asks what the region holds under an id. */
  readonly read: (call: TransportCall, receiptId: string) => Promise<TransportResult<ReadReply>>;
  /** Asks the region who it is. A seed-style peer answers with a failed status, which is no harm. */
  readonly describe: (call: TransportCall) => Promise<TransportResult<RegionDescription>>;
  /** Gives up what is under way and frees connections. */
  readonly close: () => Promise<void>;
}
