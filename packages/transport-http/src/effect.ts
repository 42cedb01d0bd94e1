/**
 * The HTTP transport for Effect programs: a service whose calls fail with a tagged error, stop when they are interrupted, and
 * close their connections with the scope of the layer.
 */
import type {
  Acknowledgement,
  BatchItemReply,
  Fault,
  Identification,
  ReadReply,
  ReceiptRecord,
  RegionDescription,
  Transport,
  TransportCall,
  TransportResult,
} from "@rsync/core";
import * as Context from "effect/Context";
import * as Data from "effect/Data";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { httpTransport } from "./http-transport.ts";
import type { HttpTransportOptions } from "./options.ts";

export type { HttpTransportOptions, TlsOptions } from "./options.ts";

/** A call as `Transport` takes it, but for the signal: interrupting the fiber is what aborts it. */
export type EffectCall = Omit<TransportCall, "signal">;

/** What a region answered, and who it said it was. */
export interface Replied<Reply> {
  readonly reply: Reply;
  readonly identification: Identification;
}

/** Why an exchange gave no evidence. Match `fault.kind`; `describeFault` of core says it to people. */
export class TransportError extends Data.TaggedError("TransportError")<{
  readonly fault: Fault;
  readonly identification: Identification;
}> {}

/** Core's `Transport`, each method as an Effect. Nothing is retried here: that is for whoever owns the schedule (I7). */
export class HttpTransport extends Context.Service<
  HttpTransport,
  {
    /** Delivers one receipt. */
    readonly send: (call: EffectCall, record: ReceiptRecord) => Effect.Effect<Replied<Acknowledgement>, TransportError>;
    /** Delivers several receipts in one request; `matchBatchReplies` of core says which item is about which. */
    readonly sendBatch: (
      call: EffectCall,
      records: readonly ReceiptRecord[],
    ) => Effect.Effect<Replied<readonly BatchItemReply[]>, TransportError>;
    /** Asks what the region holds under an id. */
    readonly read: (call: EffectCall, receiptId: string) => Effect.Effect<Replied<ReadReply>, TransportError>;
    /** Asks the region who it is. */
    readonly describe: (call: EffectCall) => Effect.Effect<Replied<RegionDescription>, TransportError>;
    /** The same transport with promises, for what takes core's seam. It closes with the layer. */
    readonly transport: Transport;
  }
>()("@rsync/transport-http/HttpTransport") {}

/** Opens a transport with these options and closes it, what is under way included, when the layer's scope ends. */
export function layer(options: HttpTransportOptions = {}): Layer.Layer<HttpTransport> {
  const acquire = Effect.acquireRelease(
    Effect.sync(() => httpTransport(options)),
    (transport) => Effect.promise(() => transport.close()),
  );
  return Layer.effect(HttpTransport, Effect.map(acquire, fromTransport));
}

function fromTransport(transport: Required<Transport>): HttpTransport["Service"] {
  return {
    send: (call, record) => ask((signal) => transport.send({ ...call, signal }, record)),
    sendBatch: (call, records) => ask((signal) => transport.sendBatch({ ...call, signal }, records)),
    read: (call, receiptId) => ask((signal) => transport.read({ ...call, signal }, receiptId)),
    describe: (call) => ask((signal) => transport.describe({ ...call, signal })),
    transport,
  };
}

/** A transport never rejects, so a rejection is a defect and stays one. */
function ask<Reply>(
  question: (signal: AbortSignal) => Promise<TransportResult<Reply>>,
): Effect.Effect<Replied<Reply>, TransportError> {
  return Effect.flatMap(Effect.promise(question), (result) => {
    const { identification } = result;
    if (result.kind === "failed") return Effect.fail(new TransportError({ fault: result.fault, identification }));
    return Effect.succeed({ reply: result.reply, identification });
  });
}
