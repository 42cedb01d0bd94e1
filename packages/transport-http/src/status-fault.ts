/** What a status other than success means: its problem document, how long it asks us to wait, or an excerpt. */
import type { Fault, Problem } from "@rsync/core";
import { excerptOf } from "./excerpt.ts";
import type { HttpReply } from "./exchange.ts";
import { readProblem } from "./read-problem.ts";
import { parseReplyJson } from "./reply-json.ts";
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
  return json.kind === "json" ? readProblem(json.value) : undefined;
}
