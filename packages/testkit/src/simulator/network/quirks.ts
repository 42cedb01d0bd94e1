/** How a region's server treats requests while something is wrong with it, or because it is an old one. Nothing of it lies. */
import type { BatchMuddle } from "./item-lies.ts";
import { idsIn, type Request, recordsIn } from "./message.ts";
import { problem, type StatusFault } from "./status-fault.ts";

/** What becomes of every request that carries a certain receipt; nothing of such a request is stored. */
interface Poison {
  readonly kind: "fails" | "hangs";
  /** Also when everything else is well again: it lies in dead letters then. */
  readonly stays: boolean;
}

/** One region's. Whatever is `undefined` is as it should be. */
export interface Quirks {
  /** By receipt id. */
  readonly poison: Map<string, Poison>;
  /** Its version, now or for ever, has no path for batches and answers this. */
  batchPath: 404 | 405 | undefined;
  /** Batches of more receipts are too large for it. */
  batchReceiptsMax: number | undefined;
  busy: { readonly status: 429 | 503; readonly retryAfterMs: number } | undefined;
  /** Single receipts of a batch fail with this. */
  itemStatus: 500 | 503 | undefined;
  muddle: BatchMuddle | undefined;
}

/** A region that is well; an old one knows no batches. */
export function quirksOfWell(singlesOnly: boolean): Quirks {
  return {
    poison: new Map(),
    batchPath: singlesOnly ? 404 : undefined,
    batchReceiptsMax: undefined,
    busy: undefined,
    itemStatus: undefined,
    muddle: undefined,
  };
}

/** What a request meets before anything is done about it: an answer, no answer ever, or nothing in its way. */
export function turnAway(quirks: Quirks, request: Request): StatusFault | "silence" | undefined {
  const { busy, batchPath, batchReceiptsMax, poison } = quirks;
  if (busy !== undefined) return problem(busy.status, "overloaded", "too much to do", busy.retryAfterMs);
  if (request.kind === "batch") {
    if (batchPath === 404) return problem(404, "unknown-route", "no such path");
    if (batchPath === 405) return { ...problem(405, "method-not-allowed", "no such method"), problem: undefined };
    if (batchReceiptsMax !== undefined && request.records.length > batchReceiptsMax)
      return problem(413, "too-large", `more than ${batchReceiptsMax} receipts`);
  }
  if (recordsIn(request).length === 0) return undefined;
  const found = idsIn(request)
    .map((receiptId) => poison.get(receiptId))
    .find((each) => each !== undefined);
  if (found === undefined) return undefined;
  return found.kind === "hangs" ? "silence" : problem(500, "internal", "an unexpected error");
}
