/**
 * Why a store could not do its work.
 * - `full`: no space; nothing was stored, reads go on, and writing works again when there is space.
 * - `failed`: a write or an fsync failed; this opening of the store acknowledges nothing more.
 * - `damaged`: what is on disk is not what was written.
 * - `closed`: used after `close`.
 * - `locked`: another process has it open.
 * - `newer-version`: written by a newer release than this one.
 * - `not-a-log`: the file is something else; it was left alone.
 * - `no-access`: missing rights, or the folder does not exist.
 * - `overloaded`: its own queue is at its limit; nothing was stored, try again.
 * - `invalid`: what was to be appended is no receipt that a parser of this package would have accepted; nothing was stored.
 */
export type StoreErrorKind =
  | "full"
  | "failed"
  | "damaged"
  | "closed"
  | "locked"
  | "newer-version"
  | "not-a-log"
  | "no-access"
  | "overloaded"
  | "invalid";

/** The one error that a {@link ReceiptStore} rejects with. `message` says what happened, where, and what to do. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}
