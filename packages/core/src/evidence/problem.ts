/** The kinds of refusal and trouble that our regions name in `application/problem+json` (RFC 9457). */
export type ProblemKind =
  | "not-json"
  | "invalid-receipt"
  | "conflict"
  | "too-large"
  | "unsupported-media-type"
  | "method-not-allowed"
  | "not-found"
  | "unknown-route"
  | "pruned"
  | "refilling"
  | "overloaded"
  | "store-full"
  | "store-failed"
  | "invalid-request"
  | "internal";

/** What a person reads of a problem, and what a machine acts on: `kind` alone. */
export interface Problem {
  readonly kind: ProblemKind;
  readonly title: string;
  readonly detail: string;
  /** Of a `conflict`, where the region says it: the digest that it holds under the receipt's id. */
  readonly heldDigest?: string | undefined;
}

const TYPE_PREFIX = "urn:receipt-sync:problem:";

const KINDS: ReadonlySet<string> = new Set<ProblemKind>([
  "not-json",
  "invalid-receipt",
  "conflict",
  "too-large",
  "unsupported-media-type",
  "method-not-allowed",
  "not-found",
  "unknown-route",
  "pruned",
  "refilling",
  "overloaded",
  "store-full",
  "store-failed",
  "invalid-request",
  "internal",
]);

/** The `type` member of a problem document. */
export function problemType(kind: ProblemKind): string {
  return TYPE_PREFIX + kind;
}

/** The kind that a `type` member names; `undefined` when it is not one of ours, which makes the status a bare one (DESIGN §6). */
export function problemKind(type: unknown): ProblemKind | undefined {
  if (typeof type !== "string" || !type.startsWith(TYPE_PREFIX)) return undefined;
  const kind = type.slice(TYPE_PREFIX.length);
  return isProblemKind(kind) ? kind : undefined;
}

function isProblemKind(kind: string): kind is ProblemKind {
  return KINDS.has(kind);
}
