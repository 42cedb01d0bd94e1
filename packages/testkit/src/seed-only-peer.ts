/**
 * A region that speaks only the two requests of the original protocol, exactly as written there: no batches, no digests, no
 * header of ours. It is what a deployment from before Receipt Sync is to its newer neighbours.
 */
import type { ServerResponse } from "node:http";
import type { Clock, Receipt } from "@rsync/core";
import { loopbackServer } from "./loopback-server.ts";
import { readBody } from "./read-body.ts";
import { type SeedDelivery, type SeedReads, SeedRegion, type SeedReply } from "./seed-region.ts";
import { type SeedRetry, type SeedSubmission, submitAsSeed } from "./submit-as-seed.ts";
import { systemClock } from "./system-clock.ts";

/** How a {@link seedOnlyPeer} differs from the plain one. */
export interface SeedOnlyPeerOptions {
  /** What its requests and paths begin with, such as `/west`. Default none. */
  readonly pathPrefix?: string;
  /**
   * What a read returns for a receipt that it has: `bare` is `{"receipt_id":...}`, since the protocol promises a 200 and no
   * contents; `contents` is the body that was posted. Default `bare`.
   */
  readonly reads?: SeedReads;
  /** Where its timestamps and its waiting between retries come from. Default the clock of this machine. */
  readonly clock?: Clock;
}

/** A running region of the original protocol, and what it was sent. Close it after the test. */
export interface SeedOnlyPeer {
  /** To be configured as a region's endpoint. */
  readonly endpoint: string;
  /** Every acknowledged delivery of a receipt, first to last; the last one is what it holds. */
  readonly received: (receiptId: string) => readonly SeedDelivery[];
  /** The ids that it holds, in the order of their first delivery. */
  readonly receivedIds: () => readonly string[];
  /** Answers the next `count` requests of any kind with this status and an empty body. */
  readonly failNext: (count: number, status: number) => void;
  /** Refuses connections and cuts open ones; what it holds stays. */
  readonly stop: () => Promise<void>;
  /** Answers again, at the same endpoint. */
  readonly start: () => Promise<void>;
  /** Sends a receipt to another region as its origin, with the retries of the protocol; resolves with how it ended. */
  readonly submit: (receipt: Receipt, endpoint: string, retry?: SeedRetry) => Promise<SeedSubmission>;
  readonly close: () => Promise<void>;
}

/** Starts one on a free port of 127.0.0.1. */
export async function seedOnlyPeer(options: SeedOnlyPeerOptions = {}): Promise<SeedOnlyPeer> {
  const { pathPrefix = "", clock = systemClock } = options;
  const timestamp = stampsOf(clock);
  const region = new SeedRegion(pathPrefix, options.reads ?? "bare", timestamp);
  const failures: number[] = [];
  const server = await loopbackServer((request, response) => {
    readBody(request).then(
      (body) => {
        const { method = "", url: path = "", headers } = request;
        const status = failures.shift();
        reply(response, status === undefined ? region.answer({ method, path, headers, body }) : { status });
      },
      // Whoever sent it is gone in the middle of its body; there is nobody to answer.
      () => response.destroy(),
    );
  });
  return {
    endpoint: server.origin + pathPrefix,
    received: (receiptId) => region.deliveries.get(receiptId) ?? [],
    receivedIds: () => [...region.deliveries.keys()],
    failNext: (count, status) => {
      failures.push(...new Array<number>(count).fill(status));
    },
    stop: server.stop,
    start: server.start,
    submit: (receipt, endpoint, retry) => submitAsSeed(receipt, endpoint, clock, timestamp, retry),
    close: server.stop,
  };
}

function reply(response: ServerResponse, { status, json, allow }: SeedReply): void {
  if (allow !== undefined) response.setHeader("allow", allow);
  if (json !== undefined) response.setHeader("content-type", "application/json");
  response.statusCode = status;
  response.end(json);
}

/** No two of its timestamps are equal, whatever the clock does: each retry carries another one. */
function stampsOf(clock: Clock): () => string {
  let lastMs = Number.NEGATIVE_INFINITY;
  return () => {
    lastMs = Math.max(Math.floor(clock.wallMs()), lastMs + 1);
    return new Date(lastMs).toISOString();
  };
}
