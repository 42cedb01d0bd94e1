/** Which problem is an error? One table for the whole app API. */
import { StoreError } from "@rsync/core";
import {
  DeadLetterNotFoundError,
  InvalidOptionsError,
  InvalidReceiptError,
  ManagerClosedError,
  OverloadedError,
  ReceiptNotFoundError,
  UnknownRegionError,
} from "@rsync/node";
import { type Answer, problemAnswer, Refusal, tryAgain } from "./answer.ts";

/** The answer to a request whose handling threw; `undefined` for what must not happen. */
export function answerError(error: unknown): Answer | undefined {
  if (error instanceof Refusal) return error.answer;
  if (error instanceof StoreError) return storeProblem(error);
  if (error instanceof InvalidReceiptError) {
    return problemAnswer(422, "invalid-receipt", "Invalid receipt", error.message, { errors: error.problems });
  }
  if (error instanceof InvalidOptionsError) return invalidRequest(error.message);
  if (error instanceof ReceiptNotFoundError) {
    return problemAnswer(404, "not-found", "No such receipt", error.message, { receipt_id: error.receiptId });
  }
  if (error instanceof DeadLetterNotFoundError) {
    const { regionId, receiptId, message } = error;
    const members = { region_id: regionId, receipt_id: receiptId };
    return problemAnswer(404, "not-found", "No such dead letter", message, members);
  }
  if (error instanceof UnknownRegionError) {
    const members = { region_id: error.regionId, configured: error.configured };
    return problemAnswer(404, "not-found", "No such region", error.message, members);
  }
  if (error instanceof OverloadedError) {
    return tryAgain(problemAnswer(503, "overloaded", "Overloaded", error.message));
  }
  if (error instanceof ManagerClosedError) return shuttingDown();
  return frameworkProblem(error);
}

export function invalidRequest(detail: string): Answer {
  return problemAnswer(400, "invalid-request", "Invalid request", detail);
}

export function shuttingDown(): Answer {
  const detail = "This sidecar is shutting down and takes nothing more; nothing was stored";
  return tryAgain(problemAnswer(503, "overloaded", "Shutting down", detail));
}

export function internalError(): Answer {
  return problemAnswer(500, "internal", "Internal error", "An unexpected error; see the log of the sidecar");
}

function storeProblem(error: StoreError): Answer {
  switch (error.kind) {
    case "full":
      return tryAgain(problemAnswer(507, "store-full", "Store full", error.message));
    case "overloaded":
      return tryAgain(problemAnswer(503, "overloaded", "Overloaded", error.message));
    case "closed":
      return shuttingDown();
    default:
      return tryAgain(problemAnswer(503, "store-failed", "Store failed", error.message));
  }
}

/** What Fastify refuses by itself, before any handler. */
function frameworkProblem(error: unknown): Answer | undefined {
  if (!(error instanceof Error) || !("statusCode" in error)) return undefined;
  const { statusCode: status, message } = error;
  if (typeof status !== "number" || status < 400 || status > 499) return undefined;
  if (status === 415) return problemAnswer(415, "unsupported-media-type", "Unsupported body", message);
  return problemAnswer(status, "invalid-request", "Invalid request", message);
}
