/** A transport of one's own: core's `Transport` over lines of JSON on TCP. */
import { connect } from "node:net";
import {
  type Clock,
  type Fault,
  type Transport,
  type TransportCall,
  type TransportResult,
  UNIDENTIFIED,
} from "@rsync/core";
import { acknowledgementIn, descriptionIn, parseReply, type ReadFields, readReplyIn } from "./line-reply.ts";
import { formatQuestion, type LineQuestion } from "./line-wire.ts";

/** Far longer than any reply: no peer fills our memory. */
const REPLY_CHARS_MAX = 100_000;

/** Each call has a connection to itself, so that none waits for another and a broken one breaks no other. */
export function lineTransport({ clock }: { readonly clock: Clock }): Transport {
  const closing = new AbortController();
  const ask = <Reply>(call: TransportCall, question: LineQuestion, readFields: ReadFields<Reply>) =>
    new Promise<TransportResult<Reply>>((resolve) => {
      const signal = AbortSignal.any([call.signal, closing.signal]);
      if (signal.aborted) return resolve(failed({ kind: "aborted" }));
      const url = URL.parse(call.to.endpoint);
      if (url === null) return resolve(failed({ kind: "unreachable", code: "NO_URL", detail: call.to.endpoint }));

      const socket = connect(Number(url.port), url.hostname).setEncoding("utf8");
      let connected = false;
      let received = "";
      const settle = (result: TransportResult<Reply>): void => {
        cancelTimer();
        signal.removeEventListener("abort", abort);
        socket.destroy();
        resolve(result);
      };
      const abort = (): void => settle(failed({ kind: "aborted" }));
      const { timeoutMs } = call.to;
      const cancelTimer = clock.schedule(timeoutMs, () => settle(failed({ kind: "timeout", timeoutMs })));
      signal.addEventListener("abort", abort);
      socket.once("connect", () => {
        connected = true;
        socket.write(formatQuestion(question, { from: call.from, seen: call.seen }));
      });
      socket.on("data", (text: string) => {
        received += text;
        if (received.includes("\n") || received.length > REPLY_CHARS_MAX) settle(parseReply(received, readFields));
      });
      socket.on("error", (error: NodeJS.ErrnoException) => {
        const kind = connected ? "broken" : "unreachable";
        settle(failed({ kind, code: error.code ?? error.name, detail: error.message }));
      });
      socket.on("close", () => settle(failed({ kind: "broken", code: "CLOSED", detail: "no whole line came" })));
    });

  return {
    send: (call, record) => ask(call, { kind: "send", receipt: record, envelope: record }, acknowledgementIn),
    read: (call, receiptId) => ask(call, { kind: "read", receiptId }, readReplyIn),
    describe: (call) => ask(call, { kind: "describe" }, descriptionIn),
    close: async () => closing.abort(),
  };
}

function failed(fault: Fault): Extract<TransportResult<never>, { kind: "failed" }> {
  return { kind: "failed", fault, identification: UNIDENTIFIED };
}
