/**
 * What a receipt is.
 *
 * A receipt is a small immutable proof that something happened. The six fields of {@link Receipt} are what the
 * service says; the {@link Envelope} is a label that the accepting region puts on it and that is never compared.
 */

/**
 * The receipt itself, as a service hands it in. Values of this type come from `parseWireReceipt` or
 * `parseReceiptObject`, which check every range named here; nothing downstream checks again.
 */
export interface Receipt {
  /** Names the receipt for ever: 1 to 256 Unicode code points, no control characters, never normalised. */
  readonly receiptId: string;
  /** The transaction that the receipt proves; same form as `receiptId`. */
  readonly transactionId: string;
  /** 1 to 256 bytes; lower-case hex on the wire. */
  readonly hash: Uint8Array;
  /** Unsigned 32-bit integer: 0 to 4294967295. */
  readonly ticks: number;
  /** Unsigned 64-bit integer, exact: 0 to 18446744073709551615. */
  readonly spanId: bigint;
  /** May go from false to true once, never back. Not part of the digest. */
  readonly committed: boolean;
}

/**
 * Where a receipt was first accepted. Set once by that region, carried unchanged, and never an input to any decision
 * about identity, order or conflict (I6).
 */
export interface Envelope {
  /** RFC 3339 time at which the accepting region took the submission. A label: clocks differ. */
  readonly timestamp: string;
  /** Id of the accepting region; seed-style peers write `primary`. */
  readonly sourceRegion: string;
  /** Store id of the accepting region; absent when a seed-style peer is the origin. */
  readonly sourceStore: string | undefined;
  /** That store's sequence number, from 1; absent exactly when `sourceStore` is. */
  readonly sourceSeq: number | undefined;
}

/** A receipt with its envelope and the SHA-256 of its canonical form, as stores hold it and reads return it. */
export interface ReceiptRecord extends Receipt, Envelope {
  /** SHA-256 over `canonicalBytes(receipt)`: 64 lower-case hex digits. */
  readonly digest: string;
}

/** What is compared between regions: two copies agree when digest and `committed` agree. */
export interface ReceiptState {
  readonly receiptId: string;
  /** 64 lower-case hex digits. */
  readonly digest: string;
  readonly committed: boolean;
}
