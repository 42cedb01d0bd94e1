import {
  type Fault,
  formatIdentification,
  formatWireBatch,
  formatWireReceipt,
  type Identification,
  parseIdentification,
  type Transport,
  type TransportCall,
  type TransportResult,
  UNIDENTIFIED,
} from "@rsync/core";
import { BodyEncoding, type EncodedBody } from "./body-encoding.ts";
import { batchPath, type Endpoint, parseEndpoint, receiptPath, regionPath, sendPath } from "./endpoint.ts";
import { exchange, type HttpReply } from "./exchange.ts";
import { garbled } from "./garbled.ts";
import { interpretAcknowledgement } from "./interpret-acknowledgement.ts";
import { interpretBatch } from "./interpret-batch.ts";
import { interpretRead } from "./interpret-read.ts";
import { interpretRegion } from "./interpret-region.ts";
import type { Interpreted } from "./interpreted.ts";
import { type HttpTransportOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { RegionConnections } from "./region-connections.ts";
import { version } from "./version.ts";

/**
 * Core's `Transport` over HTTP/1.1: the requests of the seeds with the headers of this protocol beside them.
 *
 * Each endpoint has its own connections, made on demand and kept open between requests, so that a slow region takes none
 * from another (I9), not even where two of them share a host. Nothing is retried, no redirect is followed, and no timeout but
 * the call's own runs (I7). `close` ends what is under way and closes every connection; idle ones keep no process alive.
 */
export function httpTransport(options: HttpTransportOptions = {}): Required<Transport> {
  return new HttpTransport(resolveOptions(options));
}

interface Question<Reply> {
  readonly method: "GET" | "POST";
  readonly path: (endpoint: Endpoint) => string;
  readonly body?: string;
  readonly interpret: (reply: HttpReply, identification: Identification) => Interpreted<Reply>;
}

/** What is known of a region, beside what each call says. */
interface Region {
  readonly endpoint: Endpoint;
  readonly connections: RegionConnections;
  readonly bodyEncoding: BodyEncoding;
}

class HttpTransport implements Required<Transport> {
  readonly #options: ResolvedOptions;
  /** By endpoint: that is what tells one region from another. */
  readonly #regions = new Map<string, Region>();
  readonly #closing = new AbortController();
  #closed: Promise<void> | undefined;

  readonly send: Transport["send"];
  readonly sendBatch: Required<Transport>["sendBatch"];
  readonly read: Transport["read"];
  readonly describe: Transport["describe"];

  constructor(options: ResolvedOptions) {
    this.#options = options;
    const { wallMs } = options.clock;
    this.send = (call, record) =>
      this.#ask(call, {
        method: "POST",
        path: sendPath,
        body: formatWireReceipt(record, record),
        interpret: (reply) => interpretAcknowledgement(reply, record, wallMs),
      });
    this.sendBatch = (call, records) =>
      this.#ask(call, {
        method: "POST",
        path: batchPath,
        body: formatWireBatch(records),
        interpret: (reply) => interpretBatch(reply, records, wallMs),
      });
    this.read = (call, receiptId) =>
      this.#ask(call, {
        method: "GET",
        path: (endpoint) => receiptPath(endpoint, receiptId),
        interpret: (reply, identification) => interpretRead(receiptId, reply, identification, wallMs),
      });
    this.describe = (call) =>
      this.#ask(call, {
        method: "GET",
        path: regionPath,
        interpret: (reply, identification) => interpretRegion(reply, identification, wallMs),
      });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const closing = [...this.#regions.values()].map(({ connections }) => connections.close());
    this.#closing.abort();
    await Promise.all(closing);
  }

  async #ask<Reply>(call: TransportCall, question: Question<Reply>): Promise<TransportResult<Reply>> {
    if (this.#closing.signal.aborted) return failed({ kind: "aborted" });
    const region = this.#region(call.to.endpoint);
    if (region === undefined) {
      const detail = `${call.to.endpoint} is no http or https URL`;
      return failed({ kind: "unreachable", code: "ERR_INVALID_URL", detail });
    }
    const body = question.body === undefined ? undefined : region.bodyEncoding.encode(Buffer.from(question.body));
    const request = {
      method: question.method,
      path: question.path(region.endpoint),
      headers: requestHeaders(call, body),
      body: body?.bytes,
      timeoutMs: call.to.timeoutMs,
      signals: [call.signal, this.#closing.signal],
    };
    const { clock } = this.#options;
    const sentAtMs = clock.monotonicMs();
    const exchanged = await exchange(region.connections, request, this.#options);
    if (exchanged.kind === "failed") return failed(exchanged.fault);
    const identification = parseIdentification(exchanged.reply.header);
    region.bodyEncoding.heard(exchanged.reply, identification, body?.encoding, clock.monotonicMs() - sentAtMs);
    const interpreted =
      exchanged.kind === "tooLarge"
        ? garbled(exchanged.reply, `the body is longer than ${this.#options.replyBytesMax} bytes`)
        : question.interpret(exchanged.reply, identification);
    return { ...interpreted, identification };
  }

  #region(text: string): Region | undefined {
    const known = this.#regions.get(text);
    if (known !== undefined) return known;
    const endpoint = parseEndpoint(text);
    if (endpoint === undefined) return undefined;
    const region = {
      endpoint,
      connections: new RegionConnections(endpoint.origin, this.#options),
      bodyEncoding: new BodyEncoding(this.#options),
    };
    this.#regions.set(text, region);
    return region;
  }
}

function failed(fault: Fault): {
  readonly kind: "failed";
  readonly fault: Fault;
  readonly identification: Identification;
} {
  return { kind: "failed", fault, identification: UNIDENTIFIED };
}

function requestHeaders(call: TransportCall, body: EncodedBody | undefined): Record<string, string> {
  return {
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...(body?.encoding === undefined ? {} : { "content-encoding": body.encoding }),
    accept: "application/json, application/problem+json",
    "user-agent": `receipt-sync/${version}`,
    ...formatIdentification({ from: call.from, seen: call.seen }),
  };
}
