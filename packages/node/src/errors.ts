import type { ReceiptProblem } from "@rsync/core";

/** What a call of the manager rejects with, beside {@link StoreError} from the store and `ConfigError` at creation. */
export type SyncErrorKind =
  | "invalid-receipt"
  | "invalid-options"
  | "not-found"
  | "unknown-region"
  | "overloaded"
  | "closed"
  | "still-owed";

abstract class SyncError extends Error {
  abstract readonly kind: SyncErrorKind;
}

/** The receipt breaks a rule; every bad field is named. Nothing was stored or sent. */
export class InvalidReceiptError extends SyncError {
  override readonly name = "InvalidReceiptError";
  readonly kind = "invalid-receipt";
  readonly problems: readonly ReceiptProblem[];
  /** Which of several receipts it is, from 0; `undefined` where only one was submitted. */
  readonly index: number | undefined;

  constructor(problems: readonly ReceiptProblem[], index?: number) {
    const which = index === undefined ? "Invalid receipt" : `Invalid receipt at index ${index}`;
    super(`${which}: ${problems.map(({ message }) => message).join("; ")}`);
    this.problems = problems;
    this.index = index;
  }
}

/** An option of the call breaks a rule. Nothing was stored or sent. */
export class InvalidOptionsError extends SyncError {
  override readonly name = "InvalidOptionsError";
  readonly kind = "invalid-options";
  /** Which option. */
  readonly option: string;

  constructor(option: string, message: string) {
    super(`${option}: ${message}`);
    this.option = option;
  }
}

/** This region holds no such receipt, or not in the state asked for. */
export class ReceiptNotFoundError extends SyncError {
  override readonly name = "ReceiptNotFoundError";
  readonly kind = "not-found";
  readonly receiptId: string;

  constructor(receiptId: string, detail: string) {
    super(`Receipt ${receiptId} not found: ${detail}`);
    this.receiptId = receiptId;
  }
}

/** No dead letter of the region is what was asked for. */
export class DeadLetterNotFoundError extends SyncError {
  override readonly name = "DeadLetterNotFoundError";
  readonly kind = "not-found";
  readonly regionId: string;
  readonly receiptId: string;

  constructor(regionId: string, receiptId: string, detail: string) {
    super(`Receipt ${receiptId} is not in the dead letters of region ${regionId}: ${detail}`);
    this.regionId = regionId;
    this.receiptId = receiptId;
  }
}

/** No such region is configured as a remote one. */
export class UnknownRegionError extends SyncError {
  override readonly name = "UnknownRegionError";
  readonly kind = "unknown-region";
  readonly regionId: string;
  /** The ids that are. */
  readonly configured: readonly string[];

  constructor(regionId: string, configured: readonly string[]) {
    const known = configured.length === 0 ? "none is" : `configured are ${configured.join(", ")}`;
    super(`Region ${regionId} is not configured: ${known}`);
    this.regionId = regionId;
    this.configured = configured;
  }
}

/** As many receipts are under way as are allowed (I8). Nothing was stored or sent: try again after `retryAfterMs`. */
export class OverloadedError extends SyncError {
  override readonly name = "OverloadedError";
  readonly kind = "overloaded";
  readonly retryAfterMs = 1_000;
  /** What is under way, and the limits ({@link IntakeLimits}). */
  readonly receipts: number;
  readonly receiptsMax: number;
  readonly bytes: number;
  readonly bytesMax: number;

  constructor(
    underWay: { readonly receipts: number; readonly bytes: number },
    limits: { readonly receiptsMax: number; readonly bytesMax: number },
  ) {
    const { receipts, bytes } = underWay;
    const { receiptsMax, bytesMax } = limits;
    super(
      `${receipts} receipts of ${bytes} bytes are under way, of ${receiptsMax} receipts and ${bytesMax} bytes allowed: nothing was stored, try again in a second`,
    );
    this.receipts = receipts;
    this.receiptsMax = receiptsMax;
    this.bytes = bytes;
    this.bytesMax = bytesMax;
  }
}

/** The manager was closed. What it had accepted is in the log and will be delivered by the next one. */
export class ManagerClosedError extends SyncError {
  override readonly name = "ManagerClosedError";
  readonly kind = "closed";

  constructor() {
    super("The manager is closed: create a new one. What it had accepted is in the log and will be delivered.");
  }
}

/** A region that is still owed receipts is missing in the configuration (I2). */
export class StillOwedError extends SyncError {
  override readonly name = "StillOwedError";
  readonly kind = "still-owed";
  readonly regionId: string;
  readonly owed: number;

  constructor(regionId: string, owed: number) {
    super(
      `Region ${regionId} is still owed up to ${owed} receipts but is not configured any more: configure it again, or name it in "abandon" to give that up`,
    );
    this.regionId = regionId;
    this.owed = owed;
  }
}
