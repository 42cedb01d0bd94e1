/** Core's transport over the very bytes of the wire protocol, without a socket, and with weather. */
import {
  type Clock,
  type Durability,
  type Fault,
  formatIdentification,
  formatWireReceipt,
  type Identification,
  parseIdentification,
  parseWireJson,
  parseWireReceiptValue,
  problemKind,
  type Transport,
  type TransportCall,
  type TransportResult,
  UNIDENTIFIED,
} from "@rsync/core";
import { answerPeer, type PeerResponse, type ReceiptReceiver } from "@rsync/node";

/** What becomes of the requests to one region: `hang` is answered by nobody, `slow` after so long, `says` by somebody else. */
export type Weather =
  | { readonly kind: "fair" }
  | { readonly kind: "fault"; readonly fault: Fault }
  | { readonly kind: "hang" }
  | { readonly kind: "slow"; readonly delayMs: number }
  | { readonly kind: "replyLost" }
  /** `undefined`: the region itself answers. */
  | { readonly kind: "says"; readonly answer: (request: LoopbackRequest) => PeerResponse | undefined }
  /** A transport that breaks its contract. */
  | { readonly kind: "rejects" }
  | { readonly kind: "neverSettles" };

export const FAIR: Weather = { kind: "fair" };
export const DOWN: Weather = { kind: "fault", fault: { kind: "unreachable", code: "ECONNREFUSED", detail: "down" } };

export const status = (code: number, retryAfterMs?: number): Weather => ({
  kind: "fault",
  fault: { kind: "status", status: code, problem: undefined, retryAfterMs, excerpt: "" },
});

export interface LoopbackRequest {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
  readonly call: TransportCall;
}

type WireFields = Readonly<Record<string, unknown>>;
type Answered = TransportResult<WireFields>;

export class LoopbackNetwork {
  /** Every request so far, whatever became of it. */
  readonly requests: LoopbackRequest[] = [];
  readonly #clock: Clock;
  readonly #receiverOf: (region: string) => ReceiptReceiver | undefined;
  readonly #weather = new Map<string, Weather>();

  constructor(clock: Clock, receiverOf: (region: string) => ReceiptReceiver | undefined) {
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

  reads(to: string): readonly LoopbackRequest[] {
    return this.requests.filter((request) => request.to === to && request.path.startsWith("/api/v1/receipts/"));
  }

  transport(from: string): Transport {
    return {
      send: async (call, record) => {
        const answered = await this.#request(from, call, "POST", "/receipt-sync", formatWireReceipt(record, record));
        if (answered.kind === "failed") return answered;
        const { receipt_id: receiptId, digest, committed, durability } = answered.reply;
        const reply = {
          receiptId: String(receiptId),
          digest: typeof digest === "string" ? digest : undefined,
          committed: typeof committed === "boolean" ? committed : undefined,
          durability: durabilityIn(durability),
        };
        return { ...answered, reply };
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
      case "replyLost":
        await this.#answer(request);
        return failed({ kind: "broken", code: "ECONNRESET", detail: "reply lost" });
      case "slow":
        return this.#after(call, weather.delayMs, await this.#answer(request));
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

  #after(call: TransportCall, delayMs: number, result: Answered): Promise<Answered> {
    const { promise, resolve } = Promise.withResolvers<Answered>();
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

function interpret(answer: PeerResponse): Answered {
  const identification = parseIdentification((name) => answer.headers[name]);
  const body = fieldsIn(answer.body);
  if (answer.status === 200) return { kind: "replied", reply: body, identification };
  const kind = problemKind(body["type"]);
  const problem =
    kind === undefined ? undefined : { kind, title: String(body["title"]), detail: String(body["detail"]) };
  const retryAfterS = answer.headers["retry-after"];
  const retryAfterMs = retryAfterS === undefined ? undefined : Number(retryAfterS) * 1_000;
  const fault: Fault = { kind: "status", status: answer.status, problem, retryAfterMs, excerpt: "" };
  return { kind: "failed", fault, identification };
}

function fieldsIn(body: string): WireFields {
  const parsed = parseWireJson(body);
  return parsed.kind === "parsed" && typeof parsed.value === "object" && parsed.value !== null
    ? { ...parsed.value }
    : {};
}

function durabilityIn(value: unknown): Durability | undefined {
  return value === "fsync" || value === "memory" ? value : undefined;
}

function failed(fault: Fault): {
  readonly kind: "failed";
  readonly fault: Fault;
  readonly identification: Identification;
} {
  return { kind: "failed", fault, identification: UNIDENTIFIED };
}
