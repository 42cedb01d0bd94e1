import { CommandError } from "../command-error.ts";

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EPIPE: "connection closed",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the host's name cannot be looked up now",
  ETIMEDOUT: "timed out",
  EHOSTUNREACH: "no way to the host",
};

/** Nobody answers: says where, why, and what to do. */
export function notReachable(url: string, error: unknown): CommandError {
  return new CommandError(
    `no sidecar answers at ${url} (${describeNetworkError(error)}): start one with receipt-sidecar, or name another with --url or RSYNC_URL`,
  );
}

/** Somebody answers, but in no form that a sidecar has. */
export function notASidecar(url: string, status: number): CommandError {
  return new CommandError(
    `what answers at ${url} is no Receipt Sync sidecar, or not its app listener (HTTP ${status}): look at --url or RSYNC_URL`,
  );
}

/** The code of a network error in words. Node wraps several tries (IPv6, IPv4) into one error without a message. */
export function describeNetworkError(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return describeNetworkError(error.errors.at(-1));
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}

/** Whether a network error says that not one byte was sent. */
export function isNeverConnected(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isNeverConnected);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH"].includes(String(code));
}
