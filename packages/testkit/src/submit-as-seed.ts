/** The one thing that a seed-style region sends, and how it tries again: `POST {endpoint}/receipt-sync`. */
import { request } from "node:http";
import { type Clock, formatWireReceipt, parseWireJson, type Receipt } from "@rsync/core";
import { readBody } from "./read-body.ts";

/** How a submission ended. */
export type SeedSubmission =
  | { readonly kind: "acknowledged"; readonly attempts: number }
  /** `status` and `body` of the last reply, or the `code` of the error that came instead of one. */
  | {
      readonly kind: "failed";
      readonly attempts: number;
      readonly status?: number;
      readonly body?: string;
      readonly code?: string;
    };

/** What the seeds leave to configuration, with their defaults. */
export interface SeedRetry {
  /** Retries after the first attempt. Default 3. */
  readonly maxRetries?: number;
  /** The first wait; it doubles up to 4 s. Default 1000. */
  readonly backoffInitialMs?: number;
  /** One attempt may take so long. Default 5000. */
  readonly timeoutMs?: number;
}

type Attempt =
  | { readonly kind: "replied"; readonly status: number; readonly body: string }
  | { readonly kind: "networkError"; readonly code: string };

const backoffMsMax = 4000;
const retryable: ReadonlySet<number> = new Set([502, 503, 504]);

/**
 * Posts a receipt as the seeds do: eight fields, `source_region` the word `primary`, and a timestamp that is taken anew for
 * each attempt. Network errors, timeouts and 502, 503, 504 are tried again after 1 s, 2 s, 4 s, 4 s ...
 */
export async function submitAsSeed(
  receipt: Receipt,
  endpoint: string,
  clock: Clock,
  timestamp: () => string,
  retry: SeedRetry = {},
): Promise<SeedSubmission> {
  const attemptsMax = 1 + (retry.maxRetries ?? 3);
  let backoffMs = retry.backoffInitialMs ?? 1000;
  for (let attempts = 1; ; attempts++) {
    const body = formatWireReceipt(receipt, { timestamp: timestamp(), sourceRegion: "primary" });
    const attempt = await post(`${endpoint}/receipt-sync`, body, clock, retry.timeoutMs ?? 5000);
    if (attempt.kind === "replied" && isAcknowledgement(attempt)) return { kind: "acknowledged", attempts };
    const again = attempt.kind === "networkError" || retryable.has(attempt.status);
    if (!again || attempts === attemptsMax) return failedWith(attempt, attempts);
    await sleep(clock, backoffMs);
    backoffMs = Math.min(backoffMs * 2, backoffMsMax);
  }
}

function isAcknowledgement({ status, body }: Extract<Attempt, { kind: "replied" }>): boolean {
  const json = parseWireJson(body);
  if (status !== 200 || json.kind !== "parsed" || typeof json.value !== "object" || json.value === null) return false;
  return "status" in json.value && json.value.status === "acknowledged";
}

function failedWith(attempt: Attempt, attempts: number): SeedSubmission {
  if (attempt.kind === "networkError") return { kind: "failed", attempts, code: attempt.code };
  return { kind: "failed", attempts, status: attempt.status, body: attempt.body };
}

function post(url: string, body: string, clock: Clock, timeoutMs: number): Promise<Attempt> {
  return new Promise((resolve) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    // A connection of its own each time: one left over from a stopped region would fail an attempt that could succeed.
    const outgoing = request(url, { method: "POST", headers, agent: false });
    const cancelTimer = clock.schedule(timeoutMs, () => outgoing.destroy(new TimeoutError()));
    const settle = (attempt: Attempt): void => {
      cancelTimer();
      resolve(attempt);
    };
    outgoing.on("error", (error) => settle({ kind: "networkError", code: codeOf(error) }));
    outgoing.on("response", (reply) => {
      readBody(reply).then(
        (text) => settle({ kind: "replied", status: reply.statusCode ?? 0, body: text }),
        (error: unknown) => settle({ kind: "networkError", code: codeOf(error) }),
      );
    });
    outgoing.end(body);
  });
}

class TimeoutError extends Error {
  readonly code = "ETIMEDOUT";
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "UNKNOWN";
}

function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(ms, resolve);
  });
}
