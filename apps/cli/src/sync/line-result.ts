import type { ReceiptProblem } from "@rsync/core";
import type { SyncReply } from "../api/sidecar-replies.ts";

/** What became of one line of the input (or one element of an array). */
export type LineResult =
  | { readonly kind: "invalid"; readonly number: number; readonly problems: readonly ReceiptProblem[] }
  | { readonly kind: "unreadable"; readonly number: number; readonly message: string }
  /** Only with a dry run: it would have been sent. */
  | { readonly kind: "valid"; readonly number: number; readonly receiptId: string }
  | {
      readonly kind: "answered";
      readonly number: number;
      readonly reply: SyncReply;
      /** From handing it to the connection to its result. */
      readonly latencyMs: number;
    }
  /** The sidecar took the line and could not do it: an error of its own, or too much to do. */
  | { readonly kind: "failed"; readonly number: number; readonly receiptId: string; readonly message: string };

/** Numbers of a whole run. */
export interface SyncSummary {
  readonly committed: number;
  readonly pending: number;
  readonly refused: number;
  /** Stored at the sidecar only: its sync is switched off. */
  readonly disabled: number;
  readonly invalid: number;
  readonly failed: number;
  readonly valid: number;
}
