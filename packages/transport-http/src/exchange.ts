/**
 * One request and its reply. Here, and nowhere else, an attempt ends in time (I7): from the wait for a connection to the
 * last byte of the reply it has `timeoutMs`, and the caller's signal ends it sooner.
 */
import type { IncomingHttpHeaders } from "node:http";
import type { CancelTimer, Fault } from "@rsync/core";
import type { Dispatcher } from "undici";
import { classifyError } from "./classify-error.ts";
import type { ResolvedOptions } from "./options.ts";
import type { Connection, RegionConnections } from "./region-connections.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** Sent as it is. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  readonly timeoutMs: number;
  /** Any of them ends the attempt: the caller's, and the transport's own at its close. */
  readonly signals: readonly AbortSignal[];
}

/** A complete reply of any status. */
export interface HttpReply {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: Uint8Array;
}

export type Exchanged =
  | { readonly kind: "answered"; readonly reply: HttpReply }
  /** More bytes than allowed came; `reply` holds those before the limit. */
  | { readonly kind: "tooLarge"; readonly reply: HttpReply }
  | { readonly kind: "failed"; readonly fault: Fault };

/** Always resolves; once it has, nothing of the attempt is left behind. */
export function exchange(
  connections: RegionConnections,
  request: HttpRequest,
  options: ResolvedOptions,
): Promise<Exchanged> {
  if (request.signals.some((signal) => signal.aborted))
    return Promise.resolve({ kind: "failed", fault: { kind: "aborted" } });
  return new Promise((resolve) => {
    new Attempt(connections, request, options, resolve).start();
  });
}

class Attempt implements Dispatcher.DispatchHandler {
  readonly #connections: RegionConnections;
  readonly #request: HttpRequest;
  readonly #options: ResolvedOptions;
  readonly #resolve: (exchanged: Exchanged) => void;
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #sent = false;
  #settled = false;
  #connection: Connection | undefined;
  #withdraw: () => void = () => undefined;
  #cancelTimer: CancelTimer = () => undefined;

  constructor(
    connections: RegionConnections,
    request: HttpRequest,
    options: ResolvedOptions,
    resolve: (exchanged: Exchanged) => void,
  ) {
    this.#connections = connections;
    this.#request = request;
    this.#options = options;
    this.#resolve = resolve;
  }

  start(): void {
    const { timeoutMs, signals } = this.#request;
    for (const signal of signals) signal.addEventListener("abort", this.#onAbort);
    this.#cancelTimer = this.#options.clock.schedule(timeoutMs, () => this.#giveUp({ kind: "timeout", timeoutMs }));
    this.#withdraw = this.#connections.acquire((connection) => {
      this.#connection = connection;
      const { method, path, headers, body } = this.#request;
      // Sending a receipt twice is harmless, which undici must be told of a POST.
      connection.client.dispatch({ method, path, headers, body: body ?? null, idempotent: true }, this);
    });
  }

  onRequestStart(): void {
    this.#sent = true;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#settled) return;
    this.#bytes += chunk.byteLength;
    this.#chunks.push(chunk);
    if (this.#bytes > this.#options.replyBytesMax) this.#abandon({ kind: "tooLarge", reply: this.#reply() });
  }

  onResponseEnd(): void {
    this.#finish({ kind: "answered", reply: this.#reply() });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#finish({ kind: "failed", fault: classifyError(error, this.#sent) });
  }

  readonly #onAbort = (): void => this.#giveUp({ kind: "aborted" });

  #giveUp(fault: Fault): void {
    this.#abandon({ kind: "failed", fault });
  }

  /** Undici is done with the connection: the next one may have it. */
  #finish(exchanged: Exchanged): void {
    if (!this.#settle(exchanged)) return;
    if (this.#connection !== undefined) this.#connections.release(this.#connection);
  }

  /** The connection is somewhere in the middle of the exchange: nobody else can use it. */
  #abandon(exchanged: Exchanged): void {
    if (!this.#settle(exchanged)) return;
    if (this.#connection !== undefined) this.#connections.discard(this.#connection);
  }

  #settle(exchanged: Exchanged): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#cancelTimer();
    this.#withdraw();
    for (const signal of this.#request.signals) signal.removeEventListener("abort", this.#onAbort);
    this.#resolve(exchanged);
    return true;
  }

  #reply(): HttpReply {
    const headers = this.#headers;
    return {
      status: this.#status,
      // A header that came twice stays visible, and wrong where it should have come once.
      header: (name) => {
        const value = headers[name];
        return Array.isArray(value) ? value.join(", ") : value;
      },
      body: Buffer.concat(this.#chunks),
    };
  }
}
