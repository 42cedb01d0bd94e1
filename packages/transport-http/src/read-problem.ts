import { type Problem, problemKind } from "@rsync/core";
import { isDigest } from "./digest-form.ts";
import { excerptOfText } from "./excerpt.ts";
import { fieldsOf } from "./reply-json.ts";

/** The problem that a document names; none where it names no kind of ours. */
export function readProblem(document: unknown): Problem | undefined {
  const { type, title, detail, held_digest: heldDigest } = fieldsOf(document);
  const kind = problemKind(type);
  if (kind === undefined) return undefined;
  const problem = { kind, title: sentence(title), detail: sentence(detail) };
  return kind === "conflict" && isDigest(heldDigest) ? { ...problem, heldDigest } : problem;
}

/** What a peer wrote for people ends in our logs, so it is cut and cleaned like an excerpt. */
function sentence(value: unknown): string {
  return typeof value === "string" ? excerptOfText(value) : "";
}
