/** How a request wants to wait: `?wait=quorum|all|none&timeout=5s`. */
import { parseDuration } from "@rsync/core";
import type { SyncOptions } from "@rsync/node";
import { Refusal } from "../http/answer.ts";
import { invalidRequest } from "../http/answer-error.ts";
import { readWord } from "../http/read-query.ts";

const waits = ["quorum", "all", "none"] as const;

/** What is absent has the configured default. */
export function readSyncOptions(query: {
  readonly wait?: string;
  readonly timeout?: string;
}): Pick<SyncOptions, "waitFor" | "timeout"> {
  const { wait, timeout } = query;
  const waitFor = readWord("wait", wait, waits);
  return { waitFor, timeout: timeout === undefined ? undefined : readTimeout(timeout) };
}

function readTimeout(text: string): number {
  const parsed = parseDuration(/^\d+$/.test(text) ? Number(text) : text);
  if (parsed.kind === "parsed") return parsed.ms;
  throw new Refusal(invalidRequest(`timeout ${parsed.message}`));
}
