import type { Logger } from "@rsync/core";
import { describeFailure } from "../describe-failure.ts";
import type { Answer } from "./answer.ts";
import { internalError } from "./answer-error.ts";

/** What must not happen is told in the log, in full, and to the client only that it happened. */
export function logUnexpected(log: Logger, what: string, error: unknown): Answer {
  const stack = error instanceof Error ? error.stack : undefined;
  log({ level: "error", message: `${what} failed: ${describeFailure(error)}`, fields: { stack } });
  return internalError();
}
