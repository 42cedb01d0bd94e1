/** What a status other than success means: its problem document, how long it asks us to wait, or an excerpt. */
import { type Fault, type Problem, problemKind } from "@rsync/core";
import { isDigest } from "./digest-form.ts";
import { excerptOf, excerptOfText } from "./excerpt.ts";
import type { HttpReply } from "./exchange.ts";
import { fieldsOf, parseReplyJson } from "./reply-json.ts";
import { retryAfterMs } from "./retry-after.ts";

/** The fault of any reply that is not 200, redirects included: nothing is ever followed. */
export function statusFault(reply: HttpReply, wallMs: () => number): Extract<Fault, { kind: "status" }> {
  return {
    kind: "status",
    status: reply.status,
    problem: parseProblem(reply),
    retryAfterMs: retryAfterMs(reply.header, wallMs),
    excerpt: excerptOf(reply.body),
  };
}

/** Only a document that declares itself as one and names a kind of ours is a problem; any other body is text. */
function parseProblem(reply: HttpReply): Problem | undefined {
  if (!/^application\/problem\+json\s*(;|$)/i.test(reply.header("content-type") ?? "")) return undefined;
  const json = parseReplyJson(reply.body);
  if (json.kind === "notJson") return undefined;
  const { type, title, detail, held_digest: heldDigest } = fieldsOf(json.value);
  const kind = problemKind(type);
  if (kind === undefined) return undefined;
  const problem = { kind, title: sentence(title), detail: sentence(detail) };
  return kind === "conflict" && isDigest(heldDigest) ? { ...problem, heldDigest } : problem;
}

/** What a peer wrote for people ends in our logs, so it is cut and cleaned like an excerpt. */
function sentence(value: unknown): string {
  return typeof value === "string" ? excerptOfText(value) : "";
}
