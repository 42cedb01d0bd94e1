/** Core's transport over the very bytes of the wire protocol, without a socket, and with weather. */
import {
  type Clock,
  type Fault,
  formatIdentification,
  formatWireReceipt,
  parseWireReceiptValue,
  type Transport,
  type TransportCall,
} from "@rsync/core";
import { answerPeer, type PeerResponse, type ReceiptReceiver } from "@rsync/node";
import {
  type Answered,
  acknowledgementIn,
  durabilityIn,
  failed,
  fieldsIn,
  interpret,
  itemsIn,
  resultsIn,
  type WireFields,
} from "./loopback-wire.ts";

/** What becomes of the requests to one region: `hang` is answered by nobody, `slow` after so long, `says` by somebody else. `late` ones arrive only then. */
export type Weather =
  | { readonly kind: "fair" }
  | { readonly kind: "fault"; readonly fault: Fault }
  | { readonly kind: "hang" }
  | { readonly kind: "slow"; readonly delayMs: number }
  | { readonly kind: "late"; readonly delayMs: number }
  | { readonly kind: "replyLost" }
  /** `undefined`: the region itself answers. */
  | { readonly kind: "says"; readonly answer: (request: LoopbackRequest) => PeerResponse | undefined }
  /** The region takes what it is sent, and what it says of a batch is changed on the way. */
  | { readonly kind: "items"; readonly change: (results: readonly WireFields[]) => readonly WireFields[] }
  /** A transport that breaks its contract. */
  | { readonly kind: "rejects" }
  | { readonly kind: "neverSettles" };

export const FAIR: Weather = { kind: "fair" };
export const DOWN: Weather = { kind: "fault", fault: { kind: "unreachable", code: "ECONNREFUSED", detail: "down" } };

export const status = (code: number, retryAfterMs?: number): Weather => ({
  kind: "fault",
  fault: { kind: "status", status: code, problem: undefined, retryAfterMs, excerpt: "" },
});

const BATCH_PATH = "/receipt-sync/batch";

/** A region of the seeds' age, as far as batches go. */
export const noBatches = (code: 404 | 405 = 404): Weather => ({
  kind: "says",
  answer: ({ path }) => (path === BATCH_PATH ? { status: code, headers: {}, body: "" } : undefined),
});

/** Whatever is larger is refused as a whole. */
export const batchesUpTo = (receiptsMax: number): Weather => ({
  kind: "says",
  answer: (request) =>
    receiptIdsIn(request).length > receiptsMax ? { status: 413, headers: {}, body: "" } : undefined,
});

/** Requests that carry one of these receipts fail, as where a region stumbles over it; all others are taken. */
export const stumblesOver = (receiptIds: readonly string[], code = 500): Weather => ({
  kind: "says",
  answer: (request) =>
    receiptIdsIn(request).some((receiptId) => receiptIds.includes(receiptId))
      ? { status: code, headers: {}, body: "" }
      : undefined,
});

/** The ids of the receipts that a request carries, in their order. */
export function receiptIdsIn({ method, path, body }: LoopbackRequest): readonly string[] {
  if (method !== "POST") return [];
  const fields = fieldsIn(body ?? "");
  const receipts = path === BATCH_PATH ? resultsIn(fields["receipts"]) : [fields];
  return receipts.map((receipt) => String(receipt["receipt_id"]));
}

export interface LoopbackRequest {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
  readonly call: TransportCall;
}

export class LoopbackNetwork {
  /** Every request so far, whatever became of it. */
  readonly requests: LoopbackRequest[] = [];
  readonly #clock: Clock;
  readonly #receiverOf: (region: string) => ReceiptReceiver | undefined;
  readonly #weather = new Map<string, Weather>();
  readonly #batches: boolean;

  constructor(clock: Clock, receiverOf: (region: string) => ReceiptReceiver | undefined, batches: boolean) {
    this.#batches = batches;
    this.#clock = clock;
    this.#receiverOf = receiverOf;
  }

  setWeather(to: string, weather: Weather): void {
    this.#weather.set(to, weather);
  }

  /** The moments at which receipts were pushed to a region. */
  pushes(to: string): readonly LoopbackRequest[] {
    return this.requests.filter((request) => request.to === to && request.method === "POST");
  }

  /** The receipts of those pushes, one id for each time that it was sent. */
  sentIds(to: string): readonly string[] {
    return this.pushes(to).flatMap(receiptIdsIn);
  }

  reads(to: string): readonly LoopbackRequest[] {
    return this.requests.filter((request) => request.to === to && request.path.startsWith("/api/v1/receipts/"));
  }

  transport(from: string): Transport {
    const sendBatch: Transport["sendBatch"] = async (call, records) => {
      const receipts = records.map((record) => formatWireReceipt(record, record)).join(",");
      const answered = await this.#request(from, call, "POST", BATCH_PATH, `{"receipts":[${receipts}]}`);
      return answered.kind === "failed" ? answered : { ...answered, reply: itemsIn(answered.reply) };
    };
    return {
      ...(this.#batches ? { sendBatch } : {}),
      send: async (call, record) => {
        const answered = await this.#request(from, call, "POST", "/receipt-sync", formatWireReceipt(record, record));
        return answered.kind === "failed" ? answered : { ...answered, reply: acknowledgementIn(answered.reply) };
      },
      read: async (call, receiptId) => {
        const answered = await this.#request(from, call, "GET", `/api/v1/receipts/${encodeURIComponent(receiptId)}`);
        if (answered.kind === "failed") {
          const { identification } = answered;
          const kind = answered.fault.kind === "status" ? answered.fault.problem?.kind : undefined;
          if (kind === "not-found") return { kind: "replied", reply: { kind: "absent" }, identification };
          if (kind === "refilling") return { kind: "replied", reply: { kind: "unknown" }, identification };
          if (kind === "pruned") return { kind: "replied", reply: { kind: "pruned" }, identification };
          return answered;
        }
        const { reply: fields } = answered;
        const parsed = parseWireReceiptValue(fields);
        if (parsed.kind !== "parsed") return { ...answered, reply: { kind: "present" } };
        const { receipt, envelope } = parsed;
        return {
          ...answered,
          reply: { kind: "held", receipt, envelope, durability: durabilityIn(fields["durability"]) },
        };
      },
      describe: async (call) => {
        const answered = await this.#request(from, call, "GET", "/api/v1/region");
        if (answered.kind === "failed") return answered;
        const { region, store_id: storeId, durability, policy_digest: policyDigest } = answered.reply;
        const reply = {
          regionId: String(region),
          storeId: String(storeId),
          durability: durabilityIn(durability) ?? "memory",
          versions: [1],
          policyDigest: String(policyDigest),
        };
        return { ...answered, reply };
      },
      close: async () => {},
    };
  }

  async #request(from: string, call: TransportCall, method: string, path: string, body?: string): Promise<Answered> {
    const to = new URL(call.to.endpoint).hostname.split(".")[0] ?? "";
    const weather = this.#weather.get(to) ?? FAIR;
    const request = { atMs: this.#clock.monotonicMs(), from, to, method, path, body, call };
    this.requests.push(request);
    if (call.signal.aborted) return failed({ kind: "aborted" });
    const { timeoutMs } = call.to;
    switch (weather.kind) {
      case "fault":
        return failed(weather.fault);
      case "rejects":
        throw new Error("the transport is broken");
      case "neverSettles":
        return Promise.withResolvers<Answered>().promise;
      case "hang":
        return this.#after(call, timeoutMs, failed({ kind: "timeout", timeoutMs }));
      case "says": {
        const answer = weather.answer(request);
        return answer === undefined ? this.#answer(request) : interpret(answer);
      }
      case "items": {
        const answered = await this.#answer(request);
        if (answered.kind === "failed" || path !== BATCH_PATH) return answered;
        return {
          ...answered,
          reply: { ...answered.reply, results: weather.change(resultsIn(answered.reply["results"])) },
        };
      }
      case "replyLost":
        await this.#answer(request);
        return failed({ kind: "broken", code: "ECONNRESET", detail: "reply lost" });
      case "slow":
        return this.#after(call, weather.delayMs, await this.#answer(request));
      case "late": {
        const arrived = await this.#after(call, weather.delayMs, undefined);
        return arrived ?? this.#answer(request);
      }
      case "fair":
        return this.#answer(request);
    }
  }

  async #answer({ to, method, path, body, call }: LoopbackRequest): Promise<Answered> {
    const receiver = this.#receiverOf(to);
    if (receiver === undefined) return failed({ kind: "unreachable", code: "ECONNREFUSED", detail: "not started" });
    const headers: Readonly<Record<string, string>> = {
      "content-type": "application/json",
      ...formatIdentification({ from: call.from, seen: call.seen }),
    };
    const read = async () => ({ kind: "bytes", bytes: Buffer.from(body ?? "") }) as const;
    const header = (name: string): string | undefined => headers[name];
    return interpret(await answerPeer(receiver, { method, path, header, body: read }, this.#clock.wallMs));
  }

  #after<Result>(call: TransportCall, delayMs: number, result: Result): Promise<Answered | Result> {
    const { promise, resolve } = Promise.withResolvers<Answered | Result>();
    const cancel = this.#clock.schedule(delayMs, () => resolve(result));
    const given = (): void => {
      cancel();
      resolve(failed({ kind: "aborted" }));
    };
    if (call.signal.aborted) given();
    else call.signal.addEventListener("abort", given);
    return promise;
  }
}
