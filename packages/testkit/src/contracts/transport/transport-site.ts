/** What somebody with a transport of their own gives the contract, and what the contract gives them. */
import type {
  Acknowledgement,
  BatchItemReply,
  Fault,
  Identification,
  PartialEnvelope,
  ReadReply,
  Receipt,
  RegionDescription,
  Transport,
} from "@rsync/core";
import type { VirtualClock } from "../../virtual-clock.ts";

/**
 * One transport under test, and a way to be the region at its other end. The contract makes a new one for each case; it
 * closes the transport and stops every region that it had served.
 */
export interface TransportSite {
  readonly transport: Transport;
  /** Serves a region over the transport's wire, as another process would: whatever it is asked goes to `region`. */
  readonly serve: (region: FarRegion) => Promise<ServedRegion>;
  /**
   * The clock that the transport measures `timeoutMs` by, where it can be a virtual one: then hours pass at once, and what
   * no real clock can show is checked too. Left out, timeouts are short ones of real time.
   */
  readonly clock?: VirtualClock | undefined;
}

/** A region that is being served. */
export interface ServedRegion {
  /** What a call has to name in `to.endpoint` to reach it. */
  readonly endpoint: string;
  /** From now on nobody listens there; connections that are open break. Calling it again does nothing. */
  readonly stop: () => Promise<void>;
}

/**
 * The region at the other end of the wire, played by the contract: one question for each of core's `Transport`. `sender` is
 * what the request said of its sender. An answer may take for ever; never answering is one of the things a region does.
 */
export interface FarRegion {
  readonly send: (
    sender: Identification,
    receipt: Receipt,
    envelope: PartialEnvelope,
  ) => Promise<FarAnswer<Acknowledgement>>;
  /** Never called where the transport has no `sendBatch`. */
  readonly sendBatch: (
    sender: Identification,
    records: readonly FarRecord[],
  ) => Promise<FarAnswer<readonly BatchItemReply[]>>;
  readonly read: (sender: Identification, receiptId: string) => Promise<FarAnswer<ReadReply>>;
  readonly describe: (sender: Identification) => Promise<FarAnswer<RegionDescription>>;
}

/** One receipt of a batch as it came out at the far end. */
export interface FarRecord {
  readonly receipt: Receipt;
  readonly envelope: PartialEnvelope;
}

/** What a site has to do about a request; the first two as the transport has to give them back. */
export type FarAnswer<Reply> =
  | { readonly kind: "replied"; readonly reply: Reply; readonly identification: Identification }
  /** The region itself says that it failed or refuses. */
  | {
      readonly kind: "failed";
      readonly fault: Extract<Fault, { kind: "status" }>;
      readonly identification: Identification;
    }
  /** Break the connection without a reply. */
  | { readonly kind: "cut" }
  /** Begin a reply, never end it, and leave the connection open. A wire that knows no halves may stay silent. */
  | { readonly kind: "half" }
  /** Reply with something that is no reply of the wire's protocol. */
  | { readonly kind: "nonsense" };
