/** A region that does something wrong, in one named way at a time: what a sender must survive without believing it. */
import type { IncomingHttpHeaders } from "node:http";
import type { Receipt } from "@rsync/core";
import { answerFaultily } from "./answer-faultily.ts";
import type { FaultyBehaviour } from "./faulty-behaviour.ts";
import { loopbackServer } from "./loopback-server.ts";
import { readBody } from "./read-body.ts";
import { deliveredBy, requestSubject } from "./request-subject.ts";

/** A request as it arrived. */
export interface ArrivedRequest {
  readonly method: string;
  /** As it was sent: not decoded. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A running region that misbehaves as told. Close it after the test. */
export interface FaultyPeer {
  /** To be configured as a region's endpoint. */
  readonly endpoint: string;
  /** Every complete request, first to last, whatever was answered. */
  readonly requests: () => readonly ArrivedRequest[];
  /** Misbehaves differently from the next request on; `refuses` also cuts what is open. */
  readonly become: (behaviour: FaultyBehaviour) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Starts one on a free port of 127.0.0.1. */
export async function faultyPeer(behaviour: FaultyBehaviour): Promise<FaultyPeer> {
  let current = behaviour;
  const requests: ArrivedRequest[] = [];
  const delivered = new Map<string, Receipt>();
  const server = await loopbackServer((request, response) => {
    readBody(request).then(
      (body) => {
        const { method = "", url: path = "", headers } = request;
        requests.push({ method, path, headers, body });
        if (current.kind === "refuses") return;
        const subject = requestSubject(path, body, delivered);
        for (const receipt of deliveredBy(subject)) delivered.set(receipt.receiptId, receipt);
        answerFaultily(current, subject, response);
      },
      // Whoever sent it is gone in the middle of its body; there is nobody to answer.
      () => response.destroy(),
    );
  });
  const become = async (next: FaultyBehaviour): Promise<void> => {
    current = next;
    await (next.kind === "refuses" ? server.stop() : server.start());
  };
  await become(behaviour);
  return { endpoint: server.origin, requests: () => requests, become, close: server.stop };
}
