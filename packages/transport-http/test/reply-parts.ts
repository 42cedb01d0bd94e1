import { problemType, type TransportResult } from "@rsync/core";
import { replyWith, type startServer } from "./start-server.ts";

export const json = { "content-type": "application/json" };
export const html = { "content-type": "text/html" };
export const ours = { "x-rsync-region": "us-west-1", "x-rsync-store": "s1;e1;7" };
export const page = "<!doctype html><h1>Not found</h1>";

/** A problem document of ours. */
export function problem(kind: Parameters<typeof problemType>[0], status: number) {
  const body = JSON.stringify({ type: problemType(kind), title: "A title", detail: "A detail", status });
  return replyWith(status, { "content-type": "application/problem+json; charset=utf-8" }, body);
}

export type Listener = Parameters<typeof startServer>[0];

/** What came, where it is no failure. */
export function replyOf<Reply>(result: TransportResult<Reply>): Reply {
  if (result.kind === "failed") throw new Error(`It failed: ${JSON.stringify(result.fault)}`);
  return result.reply;
}
