/** What the protocol between regions says: JSON, or a problem document (RFC 9457). */
import { type ProblemKind, problemType, StoreError } from "@rsync/core";
import { ManagerClosedError } from "./errors.ts";
import type { ReceiptReceiver } from "./receiver.ts";

/** An answer before the headers that every reply carries. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly body: string;
}

/** What is wrong: with a request, or with one receipt of a batch. */
export interface Trouble {
  readonly status: number;
  readonly kind: ProblemKind;
  readonly title: string;
  readonly detail: string;
  /** What machines want to know beside it. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** Seconds after which a region that is busy or full may be asked again. */
const RETRY_AFTER_S = 1;

export function ok(members: Readonly<Record<string, unknown>>): Answer {
  return { status: 200, body: JSON.stringify(members) };
}

export function problem(
  { status, kind, title, detail, members }: Trouble,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    type: "application/problem+json",
    headers,
    body: JSON.stringify({ type: problemType(kind), title, status, detail, ...members }),
  };
}

/** The same, with the request to come again. */
export function tryAgain(trouble: Trouble): Answer {
  return problem(trouble, { "retry-after": String(RETRY_AFTER_S) });
}

/** The answer to a request during which something was thrown. The store's errors are about the whole of it: nothing was stored. */
export function failure(receiver: ReceiptReceiver, error: unknown): Answer {
  if (error instanceof ManagerClosedError) {
    return tryAgain({
      status: 503,
      kind: "store-failed",
      title: "Shutting down",
      detail: "This region is shutting down",
    });
  }
  if (!(error instanceof StoreError)) {
    receiver.reportUnexpected(error);
    const detail = "An unexpected error; see the log of this region";
    return problem({ status: 500, kind: "internal", title: "Internal error", detail });
  }
  switch (error.kind) {
    case "full": {
      const detail = "No space to store what was sent; nothing was stored";
      return tryAgain({ status: 507, kind: "store-full", title: "Store full", detail });
    }
    case "overloaded": {
      const detail = "Too much is waiting to be stored; nothing was stored";
      return tryAgain({ status: 503, kind: "overloaded", title: "Overloaded", detail });
    }
    default: {
      const detail = `The store acknowledges nothing now (${error.kind})`;
      return tryAgain({ status: 503, kind: "store-failed", title: "Store failed", detail });
    }
  }
}
