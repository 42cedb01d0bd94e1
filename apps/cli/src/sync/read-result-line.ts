import { problemOf } from "../api/sidecar-client.ts";
import type { Outcome, SyncReply } from "../api/sidecar-replies.ts";

/** One line of the sidecar's answer. */
export type ResultLine =
  | { readonly kind: "result"; readonly line: number; readonly reply: SyncReply }
  | { readonly kind: "problem"; readonly line: number; readonly message: string }
  | { readonly kind: "garbled"; readonly text: string };

const outcomes: ReadonlySet<unknown> = new Set<Outcome>(["committed", "pending", "refused", "disabled"]);

/** Reads a line that names the line it answers, and either an outcome or a problem. */
export function readResultLine(text: string): ResultLine {
  const value = parse(text);
  if (typeof value !== "object" || value === null || !("line" in value) || typeof value.line !== "number") {
    return { kind: "garbled", text: text.slice(0, 200) };
  }
  const { line } = value;
  if ("outcome" in value && outcomes.has(value.outcome)) return { kind: "result", line, reply: value as never };
  return { kind: "problem", line, message: problemOf(text) ?? `unexpected result ${text.slice(0, 200)}` };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
