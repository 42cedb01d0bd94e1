import { type Problem, problemKind } from "@rsync/core";
import { excerptOfText } from "./excerpt.ts";
import { fieldsOf } from "./reply-json.ts";

/** The problem that a document names; none where it names no kind of ours. */
export function readProblem(document: unknown): Problem | undefined {
  const { type, title, detail } = fieldsOf(document);
  const kind = problemKind(type);
  return kind === undefined ? undefined : { kind, title: sentence(title), detail: sentence(detail) };
}

/** What a peer wrote for people ends in our logs, so it is cut and cleaned like an excerpt. */
function sentence(value: unknown): string {
  return typeof value === "string" ? excerptOfText(value) : "";
}
