/**
 * Many receipts in, one result line each out (`application/x-ndjson`), in the order of the input.
 *
 * In order, because whoever sends a file can then walk both side by side and remembers nothing; the price, that a receipt which
 * waits long holds back the results behind it, is bounded by the window. Each line names its `line` and `status` all the same.
 * Back-pressure goes all the way: results that nobody reads stop the window, a full window stops reading.
 */
import { PassThrough, Readable } from "node:stream";
import type { SyncOptions } from "@rsync/node";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Answer } from "../http/answer.ts";
import { answerError, shuttingDown } from "../http/answer-error.ts";
import { clientGone } from "../http/client-gone.ts";
import { logUnexpected } from "../http/log-unexpected.ts";
import type { AppContext } from "./app-context.ts";
import { inOrder } from "./in-order.ts";
import { type InputLine, splitLines } from "./split-lines.ts";
import { RECEIPT_BYTES_MAX, submitReceipt } from "./submit-receipt.ts";

/** Lines of one stream under way at once. */
const WINDOW_MAX = 256;

/** A chunk may hold hundreds of lines, and a drain that has begun meanwhile waits for those that were taken. */
const LINES_AT_ONCE = 32;

/** A stream on which nothing moves for so long is cut: who fills our window and reads nothing holds it for nobody. */
const STALL_MS = 300_000;

/** A line to carry out, or the last word of a stream that a drain ended. */
type Step = InputLine | { readonly number: number; readonly body: { readonly kind: "stopped" } };

export function submitStream(
  request: FastifyRequest,
  reply: FastifyReply,
  { manager, intake, log }: AppContext,
  options: SyncOptions,
): FastifyReply {
  const release = intake.admitStream();
  reply.raw.once("close", release);
  const ofEachLine: SyncOptions = { ...options, whenFull: "wait", signal: clientGone(reply.raw) };
  // Node's own, which it takes back when the response is finished.
  request.raw.socket.setTimeout(STALL_MS);
  const work = async ({ number, body }: Step): Promise<string> => {
    if (body.kind === "stopped") return resultLine(number, shuttingDown());
    const done = await intake.admitLine();
    try {
      return resultLine(number, await submitReceipt(manager, body, ofEachLine));
    } catch (error) {
      return resultLine(number, answerError(error) ?? logUnexpected(log, `line ${number}`, error));
    } finally {
      done();
    }
  };
  const results = inOrder(untilStopped(request, intake.stopping), WINDOW_MAX, work);
  return reply
    .code(200)
    .header("content-type", "application/x-ndjson")
    .send(Readable.from(joined(results), { objectMode: false }));
}

function resultLine(line: number, { status, members }: Answer): string {
  return `${JSON.stringify({ line, status, ...members })}\n`;
}

async function* joined(results: AsyncIterable<readonly string[]>): AsyncGenerator<string, void> {
  for await (const lines of results) yield lines.join("");
}

async function* portions(chunks: AsyncIterable<readonly InputLine[]>): AsyncGenerator<readonly InputLine[], void> {
  for await (const lines of chunks) {
    for (let from = 0; from < lines.length; from += LINES_AT_ONCE) yield lines.slice(from, from + LINES_AT_ONCE);
  }
}

/** The lines of a request; when a drain begins, what was read is finished and one line says where the stream was left. */
async function* untilStopped(request: FastifyRequest, stopping: AbortSignal): AsyncGenerator<readonly Step[], void> {
  const input = new PassThrough();
  const cut = (): void => {
    request.raw.unpipe(input);
    input.end();
  };
  request.raw.once("error", (error) => input.destroy(error));
  request.raw.once("close", () => (request.raw.complete ? undefined : input.destroy()));
  request.raw.pipe(input);
  stopping.addEventListener("abort", cut, { once: true });
  let next = 1;
  try {
    let left = false;
    for await (const lines of portions(splitLines(input, RECEIPT_BYTES_MAX))) {
      left = stopping.aborted;
      if (left) next = lines[0]?.number ?? next;
      if (left) break;
      yield lines;
      next = (lines.at(-1)?.number ?? next) + 1;
    }
    left ||= stopping.aborted && !request.raw.complete;
    if (left) yield [{ number: next, body: { kind: "stopped" } }];
  } finally {
    stopping.removeEventListener("abort", cut);
    input.destroy();
  }
}
