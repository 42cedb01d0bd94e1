import type { Fault } from "../evidence/fault.ts";

/** Names one dead letter: a receipt state, and the store that did not take it. */
export interface DeadLetterKey {
  readonly regionId: string;
  /** The peer's store; another store of that region is asked itself. */
  readonly storeId: string;
  readonly receiptId: string;
  readonly digest: string;
  readonly committed: boolean;
}

/**
 * Why a receipt lies in dead letters (DESIGN §8).
 * - `refused`: the region said that it does not take it. That is a vote.
 * - `poison`: sending it keeps failing while the region is well. It is waiting and tried again every hour: never a vote.
 */
export type DeadLetterKind = "refused" | "poison";

/**
 * What has become of a dead letter.
 * - `open`: the region lacks the receipt, and an operator has not decided yet.
 * - `resolved`: the region has acknowledged it since. It is no refusal any more.
 * - `discarded`: an operator gave it up. The region lacks the receipt, and a refusal still is one.
 */
export type DeadLetterStatus = "open" | "resolved" | "discarded";

/** What is written down when a lane goes on without a receipt (I2). */
export interface Burial extends DeadLetterKey {
  /** Of the own row that was not taken. */
  readonly position: number;
  readonly kind: DeadLetterKind;
  /** What the region answered, or how the request failed. */
  readonly fault: Fault;
  /** Requests that had carried it by then. */
  readonly attempts: number;
  /** RFC 3339 label. */
  readonly buriedAt: string;
}

/**
 * A receipt that a region does not take: named, with its reason, until an operator decides (I2). `kind`, `fault`, `attempts` and
 * `buriedAt` are those of the last burial.
 */
export interface DeadLetter extends Burial {
  /** Grows with each dead letter; burying one again keeps it. For paging. */
  readonly number: number;
  /** RFC 3339 label of the first burial. */
  readonly firstBuriedAt: string;
  readonly status: DeadLetterStatus;
  /** RFC 3339 label of when it was resolved or discarded; `undefined` while it is open. */
  readonly settledAt: string | undefined;
}

/** Which dead letters; what is left out matches all. */
export interface DeadLetterQuery {
  readonly regionId?: string | undefined;
  readonly storeId?: string | undefined;
  readonly receiptId?: string | undefined;
  readonly kind?: DeadLetterKind | undefined;
  readonly status?: DeadLetterStatus | undefined;
  /** Only those with a larger {@link DeadLetter.number}. */
  readonly after?: number | undefined;
  /** At most so many, >= 1. */
  readonly limit: number;
}

/** Open dead letters of one store of a region, by kind. */
export type DeadLetterCounts = { readonly [Kind in DeadLetterKind]: number };
