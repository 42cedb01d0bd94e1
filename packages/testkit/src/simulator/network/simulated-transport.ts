/** Core's `Transport` for one process on the simulated network. */
import type { Transport, TransportCall, TransportResult } from "@rsync/core";
import type { Incarnation } from "../process/incarnation.ts";
import { type Answer, failure, type Reply, type Request } from "./message.ts";
import { InFlight, type Network } from "./network.ts";

/** After `close` every call fails as `aborted`, and what was under way is given up. */
export function simulatedTransport(network: Network, process: Incarnation): Transport {
  const closing = new AbortController();
  const inFlight = new InFlight();
  const exchange = async (call: TransportCall, request: Request): Promise<Answer> => {
    if (closing.signal.aborted) return failure({ kind: "aborted" });
    return network.exchange(process, call, request, inFlight);
  };
  return {
    send: async (call, record) =>
      only("send", await exchange(call, { kind: "send", record }), (r) => r.acknowledgement),
    sendBatch: async (call, records) => only("batch", await exchange(call, { kind: "batch", records }), (r) => r.items),
    read: async (call, receiptId) => only("read", await exchange(call, { kind: "read", receiptId }), (r) => r.read),
    describe: async (call) => only("describe", await exchange(call, { kind: "describe" }), (r) => r.description),
    close: async () => closing.abort(),
  };
}

type ReplyTo<Kind extends Reply["kind"]> = Extract<Reply, { readonly kind: Kind }>;

/** An answer to another kind of request is garbage. */
function only<Kind extends Reply["kind"], Content>(
  kind: Kind,
  answer: Answer,
  content: (reply: ReplyTo<Kind>) => Content,
): TransportResult<Content> {
  if (answer.kind === "failed") return answer;
  const { reply, identification } = answer;
  if (!isReplyTo(reply, kind)) {
    const fault = { kind: "garbled", status: 200, detail: "an answer to something else", excerpt: "" } as const;
    return { kind: "failed", fault, identification };
  }
  return { kind: "replied", reply: content(reply), identification };
}

function isReplyTo<Kind extends Reply["kind"]>(reply: Reply, kind: Kind): reply is ReplyTo<Kind> {
  return reply.kind === kind;
}
