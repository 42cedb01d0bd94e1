/**
 * Many receipts through one request: lines out, one result line in for each, both at once.
 *
 * A slow sidecar slows the reading of the input down: at most `inFlightMax` lines wait for their results, and the
 * connection's own back-pressure holds below that. What is wrong with a line is found here and never sent.
 */
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { failedReply, responseOf, type SidecarClient } from "../api/sidecar-client.ts";
import { describeNetworkError, isNeverConnected, notReachable } from "../api/unreachable.ts";
import { CommandError } from "../command-error.ts";
import type { Element } from "../input/element.ts";
import { splitElements } from "../input/split-elements.ts";
import { checkElement } from "./check-element.ts";
import { InFlight } from "./in-flight.ts";
import type { LineResult } from "./line-result.ts";
import { readResultLine } from "./read-result-line.ts";

export interface SyncRun {
  readonly client: SidecarClient;
  readonly elements: AsyncIterable<Element>;
  /** Of the request, such as `wait=quorum`. */
  readonly query: URLSearchParams;
  /** Receipts that may wait for their results at once. */
  readonly inFlightMax: number;
  /** A promise holds the run back until it resolves. */
  readonly onResult: (result: LineResult) => void | Promise<void>;
  /** Ends the run where it is; rejects with its reason while nothing was sent yet. */
  readonly signal?: AbortSignal | undefined;
}

/** How a run ended: to the end, or with lines whose fate is not known. */
export type SyncEnd =
  | { readonly kind: "complete" }
  | {
      readonly kind: "lost";
      readonly reason: string;
      /** Sent, without a result: they may be stored or not. */
      readonly unanswered: readonly number[];
      /** The last line that was sent. Nothing behind it was. */
      readonly lastSent: number;
    };

/** Carries out a run. Rejects with a {@link CommandError} when the sidecar takes no stream at all, or the input fails. */
export async function syncElements(run: SyncRun): Promise<SyncEnd> {
  return new SyncStream(run).carryOut();
}

class SyncStream {
  readonly #run: SyncRun;
  readonly #inFlight: InFlight;
  /** Aborted when no more results will come, so that nothing goes on being sent. */
  readonly #over = new AbortController();
  readonly #stop: AbortSignal;
  #lastSent = 0;
  #allSent = false;
  #inputError: unknown;

  constructor(run: SyncRun) {
    this.#run = run;
    this.#inFlight = new InFlight(run.inFlightMax);
    this.#stop = run.signal === undefined ? this.#over.signal : AbortSignal.any([run.signal, this.#over.signal]);
  }

  async carryOut(): Promise<SyncEnd> {
    const lines = this.#lines();
    const first = await lines.next();
    const { client, query, signal } = this.#run;
    if (first.done === true) {
      signal?.throwIfAborted();
      return this.#end(undefined); // nothing to send, so nobody to ask
    }
    const headers = { "content-type": "application/x-ndjson", accept: "application/x-ndjson" };
    const request = client.open("POST", `/api/v1/receipts?${query}`, headers, this.#stop);
    const response = responseOf(request);
    // Whatever breaks the sending breaks the answer too, and there it is told. The answer alone says when all is over:
    // the sending may hang in an input that has nothing more to say yet.
    pipeline(Readable.from(withFirst(first.value, lines)), request).catch(() => {});
    try {
      await this.#receive(await response);
      return this.#end(undefined);
    } catch (error) {
      return this.#end(error);
    } finally {
      this.#over.abort();
    }
  }

  /** The lines to send, made one at a time as the connection takes them. */
  async *#lines(): AsyncGenerator<string> {
    try {
      for await (const element of this.#run.elements) {
        const checked = checkElement(element);
        if (checked.kind !== "valid") {
          await this.#run.onResult(checked);
          continue;
        }
        await this.#inFlight.room(this.#stop);
        if (this.#stop.aborted) return;
        const { receiptId } = checked.receipt;
        this.#inFlight.add({ number: element.number, receiptId, sentAtMs: performance.now() });
        this.#lastSent = element.number;
        yield `${checked.text}\n`;
      }
    } catch (error) {
      if (this.#run.signal?.aborted === true) return;
      this.#inputError = error; // what was sent still gets its results
    }
    this.#allSent = true;
  }

  async #receive(response: IncomingMessage): Promise<void> {
    const status = response.statusCode ?? 0;
    if (status !== 200) throw failedReply(this.#run.client.url, { status, text: await readSome(response) });
    for await (const element of splitElements(response)) {
      if (element.kind === "unreadable") throw new Error(`the sidecar sent a result that is ${element.message}`);
      await this.#resultLine(element.text);
    }
  }

  async #resultLine(text: string): Promise<void> {
    const result = readResultLine(text);
    if (result.kind === "garbled") throw new Error(`the sidecar sent no result but ${result.text}`);
    const sent = this.#inFlight.take(result.line);
    if (sent === undefined) throw new Error(`the sidecar sent a result for line ${result.line}, which waits for none`);
    const { number, receiptId, sentAtMs } = sent;
    const { onResult } = this.#run;
    if (result.kind === "problem") await onResult({ kind: "failed", number, receiptId, message: result.message });
    else await onResult({ kind: "answered", number, reply: result.reply, latencyMs: performance.now() - sentAtMs });
  }

  #end(error: unknown): SyncEnd {
    if (this.#inputError !== undefined) throw this.#inputError;
    if (error instanceof CommandError) throw error;
    if (isNeverConnected(error)) throw notReachable(this.#run.client.url, error);
    const unanswered = this.#inFlight.numbers;
    if (error === undefined && this.#allSent && unanswered.length === 0) return { kind: "complete" };
    return { kind: "lost", reason: this.#reason(error), unanswered, lastSent: this.#lastSent };
  }

  #reason(error: unknown): string {
    if (this.#run.signal?.aborted === true) return "interrupted";
    return error === undefined ? "the sidecar ended its answer early" : describeNetworkError(error);
  }
}

async function* withFirst(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}

/** Enough for a problem document; what a stranger sends more is left. */
async function readSome(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of response as AsyncIterable<Buffer>) {
    text += piece.toString("utf8");
    if (text.length > 100_000) break;
  }
  return text;
}
