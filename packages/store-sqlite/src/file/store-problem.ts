import type { StoreErrorKind } from "@rsync/core";

/** A store error on its way from a worker thread to the caller, as plain data that can be posted. */
export interface StoreProblem {
  readonly kind: StoreErrorKind;
  readonly message: string;
}

/** Thrown inside a worker thread; the other side makes a `StoreError` of it. */
export class StoreProblemError extends Error {
  override readonly name = "StoreProblemError";
  readonly problem: StoreProblem;

  constructor(kind: StoreErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.problem = { kind, message };
  }
}
