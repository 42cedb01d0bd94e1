/** What the app API says: a JSON object with its status, or a problem document (RFC 9457). */
import { type ProblemKind, problemType } from "@rsync/core";
import type { FastifyReply } from "fastify";

export interface Answer {
  readonly status: number;
  readonly type: "application/json" | "application/problem+json";
  readonly headers: Readonly<Record<string, string>>;
  readonly members: Readonly<Record<string, unknown>>;
}

/** Seconds after which it makes sense to ask again. */
const RETRY_AFTER_S = 1;

export function jsonAnswer(status: number, members: Answer["members"], headers: Answer["headers"] = {}): Answer {
  return { status, type: "application/json", headers, members };
}

/** A problem document; `members` are what machines want to know beside it. */
export function problemAnswer(
  status: number,
  kind: ProblemKind,
  title: string,
  detail: string,
  members: Answer["members"] = {},
): Answer {
  return {
    status,
    type: "application/problem+json",
    headers: {},
    members: { type: problemType(kind), title, status, detail, ...members },
  };
}

/** The same, with the request to come again. */
export function tryAgain(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, "retry-after": String(RETRY_AFTER_S) } };
}

export function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  return reply
    .code(answer.status)
    .headers(answer.headers)
    .header("content-type", answer.type)
    .send(JSON.stringify(answer.members));
}

/** Thrown where a request can not be carried out; whoever asked gets the answer. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(String(answer.members["detail"]));
    this.answer = answer;
  }
}
