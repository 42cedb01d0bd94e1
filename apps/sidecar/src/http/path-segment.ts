import type { FastifyRequest } from "fastify";
import { Refusal } from "./answer.ts";
import { invalidRequest } from "./answer-error.ts";

/**
 * One segment of the path, the first after the leading slash being 1. From the path as it came: what a router decodes is not what
 * was sent once an id has a percent sign in it. `what` names it where it is not readable.
 */
export function pathSegment(request: FastifyRequest, index: number, what: string): string {
  const segment = request.originalUrl.split("?", 1)[0]?.split("/")[index] ?? "";
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal(invalidRequest(`The ${what} in the path is not percent-encoded UTF-8`));
  }
}
