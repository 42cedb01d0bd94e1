/**
 * What does a failed exchange say about the region? Decided here, once, by error code and never by the text of a message.
 *
 * The question that matters is whether the region may hold the receipt: before the first byte of the request went out it
 * can not (`unreachable`), from then on it may (`broken`).
 */
import type { Fault } from "@rsync/core";
import { excerptOfText } from "./excerpt.ts";

/** Ours: the connection was taken down because nobody waits for the reply any more. */
const abandoned: ReadonlySet<string> = new Set(["UND_ERR_ABORTED", "UND_ERR_DESTROYED", "UND_ERR_CLOSED"]);

/**
 * `sent`: the connection stood and the request was being written. A certificate of ours that the region refuses is `broken`
 * with TLS 1.3, which tells a client so only then: nothing was taken, but we can not know. The text of an error may quote the
 * peer, such as its certificate's names, so it is cut and cleaned.
 */
export function classifyError(error: unknown, sent: boolean): Fault {
  const code = codeOf(error);
  if (abandoned.has(code)) return { kind: "aborted" };
  return { kind: sent ? "broken" : "unreachable", code, detail: excerptOfText(detailOf(error)) };
}

/** undici, errno, TLS and DNS all put a code on the error, or on its cause when they wrap it. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "UNKNOWN";
  if ("code" in error && typeof error.code === "string") return error.code;
  return error.cause instanceof Error ? codeOf(error.cause) : error.name;
}

/** Several addresses were tried: their errors say more than the empty message of the whole. */
function detailOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(detailOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
