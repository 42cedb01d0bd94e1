/** A failure that a region puts into words, as problem documents do. */
import type { Fault, ProblemKind } from "@rsync/core";

export type StatusFault = Extract<Fault, { kind: "status" }>;

export function problem(status: number, kind: ProblemKind, detail: string, retryAfterMs?: number): StatusFault {
  return { kind: "status", status, problem: { kind, title: kind, detail }, retryAfterMs, excerpt: detail };
}
