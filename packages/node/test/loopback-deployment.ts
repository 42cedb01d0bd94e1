import {
  type ConfigInput,
  type Fault,
  formatIdentification,
  formatWireReceipt,
  type Identification,
  type LogLine,
  parseIdentification,
  parseWireReceipt,
  problemKind,
  type ReceiptInput,
  type ReceiptStore,
  type RegionDescription,
  type Transport,
  type TransportCall,
  type TransportResult,
} from "@rsync/core";
import { answerPeer, type ManagerParts, memoryStore, ReceiptSyncManager } from "@rsync/node";
import { seededRandom, seededRandomId, type VirtualClock, virtualClock } from "@rsync/testkit";

/** What becomes of the requests to one region: `hang` never answers, `slow` answers after so long. */
export type Weather =
  | { readonly kind: "fair" }
  | { readonly kind: "fault"; readonly fault: Fault }
  | { readonly kind: "hang" }
  | { readonly kind: "slow"; readonly delayMs: number }
  | { readonly kind: "replyLost" };

export const FAIR: Weather = { kind: "fair" };
export const DOWN: Weather = { kind: "fault", fault: { kind: "unreachable", code: "ECONNREFUSED", detail: "down" } };

/** Several regions in one process: real managers and receiving sides, an ideal network, and a clock moved by hand. */
export class LoopbackDeployment {
  readonly clock: VirtualClock = virtualClock();
  readonly managers = new Map<string, ReceiptSyncManager>();
  readonly logs = new Map<string, LogLine[]>();
  readonly #weather = new Map<string, Weather>();
  readonly requests: { readonly to: string; readonly method: string; readonly path: string }[] = [];

  setWeather(regionId: string, weather: Weather): void {
    this.#weather.set(regionId, weather);
  }

  /** Starts a region that knows all the others as `http://ID`. */
  async start(
    region: string,
    others: readonly string[],
    options: {
      readonly config?: Partial<ConfigInput>;
      readonly store?: ReceiptStore;
      readonly parts?: Partial<ManagerParts>;
    } = {},
  ): Promise<ReceiptSyncManager> {
    const seed = [...region].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7);
    const store =
      options.store ?? memoryStore({ regionId: region, randomId: seededRandomId(seed), wallMs: this.clock.wallMs });
    const log: LogLine[] = this.logs.get(region) ?? [];
    this.logs.set(region, log);
    const manager = await ReceiptSyncManager.create(
      {
        region,
        crossRegionSyncEnabled: true,
        regions: others.map((regionId) => ({ regionId, endpoint: `http://${regionId}.example` })),
        quorumThreshold: 2,
        requireDurable: false,
        ...options.config,
      },
      {
        store,
        transport: this.transport(),
        clock: this.clock,
        random: seededRandom(seed),
        logger: (line) => log.push(line),
        receiptLogger: (line) => log.push(line),
        ...options.parts,
      },
    );
    this.managers.set(region, manager);
    return manager;
  }

  messages(region: string, level?: LogLine["level"]): readonly string[] {
    return (this.logs.get(region) ?? [])
      .filter((line) => level === undefined || line.level === level)
      .map(({ message }) => message);
  }

  async close(): Promise<void> {
    const closing = [...this.managers.values()].map((manager) => manager.close({ drainMs: 0 }));
    await this.clock.advance(0);
    await Promise.all(closing);
  }

  /** A transport over the very bytes of the wire protocol, without a socket. */
  transport(): Transport {
    return {
      send: async (call, record) => {
        const answered = await this.#request(call, "POST", "/receipt-sync", formatWireReceipt(record, record));
        if (answered.kind === "failed") return answered;
        const { receipt_id: receiptId, digest, committed, durability } = answered.reply;
        return { ...answered, reply: { receiptId, digest, committed, durability } };
      },
      read: async (call, receiptId) => {
        const answered = await this.#request(call, "GET", `/api/v1/receipts/${encodeURIComponent(receiptId)}`);
        if (answered.kind === "failed") {
          const kind = answered.fault.kind === "status" ? answered.fault.problem?.kind : undefined;
          if (kind === "not-found") return { ...answered, kind: "replied", reply: { kind: "absent" } };
          if (kind === "refilling") return { ...answered, kind: "replied", reply: { kind: "unknown" } };
          return answered;
        }
        const parsed = parseWireReceipt(JSON.stringify(answered.reply));
        if (parsed.kind !== "parsed") throw new Error("not a receipt");
        const { durability } = answered.reply;
        return { ...answered, reply: { kind: "held", receipt: parsed.receipt, envelope: parsed.envelope, durability } };
      },
      describe: async (call) => {
        const answered = await this.#request(call, "GET", "/api/v1/region");
        if (answered.kind === "failed") return answered;
        const { region, store_id: storeId, durability, versions, policy_digest: policyDigest } = answered.reply;
        const reply: RegionDescription = { regionId: region, storeId, durability, versions, policyDigest };
        return { ...answered, reply };
      },
      close: async () => {},
    };
  }

  // biome-ignore lint/suspicious/noExplicitAny: a reply as it came from the wire
  async #request(call: TransportCall, method: string, path: string, body?: string): Promise<TransportResult<any>> {
    const to = new URL(call.to.endpoint).hostname.split(".")[0] ?? "";
    const weather = this.#weather.get(to) ?? FAIR;
    this.requests.push({ to, method, path });
    if (weather.kind === "fault") return failed(weather.fault);
    if (weather.kind === "hang")
      return this.#after(call, call.to.timeoutMs, failed({ kind: "timeout", timeoutMs: call.to.timeoutMs }));
    const manager = this.managers.get(to);
    if (manager === undefined) return failed({ kind: "unreachable", code: "ECONNREFUSED", detail: "not started" });
    const headers: Record<string, string> = {
      "content-type": "application/json",
      ...formatIdentification({ from: call.from, seen: call.seen }),
    };
    const answer = await answerPeer(
      manager.receiver,
      { method, path, header: (name) => headers[name], body: async () => ({ kind: "text", text: body ?? "" }) },
      this.clock.wallMs,
    );
    if (weather.kind === "replyLost") return failed({ kind: "broken", code: "ECONNRESET", detail: "reply lost" });
    const result = interpret(answer);
    return weather.kind === "slow" ? this.#after(call, weather.delayMs, result) : result;
  }

  // biome-ignore lint/suspicious/noExplicitAny: a reply as it came from the wire
  #after(call: TransportCall, delayMs: number, result: TransportResult<any>): Promise<TransportResult<any>> {
    return new Promise((resolve) => {
      const cancel = this.clock.schedule(delayMs, () => resolve(result));
      call.signal.addEventListener("abort", () => {
        cancel();
        resolve(failed({ kind: "aborted" }));
      });
    });
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a reply as it came from the wire
function interpret(answer: Awaited<ReturnType<typeof answerPeer>>): TransportResult<any> {
  const identification = parseIdentification((name) => answer.headers[name]);
  const body = JSON.parse(answer.body);
  if (answer.status === 200) return { kind: "replied", reply: body, identification };
  const kind = problemKind(body.type);
  const problem = kind === undefined ? undefined : { kind, title: body.title, detail: body.detail };
  return {
    kind: "failed",
    fault: { kind: "status", status: answer.status, problem, retryAfterMs: undefined, excerpt: "" },
    identification,
  };
}

function failed(fault: Fault): {
  readonly kind: "failed";
  readonly fault: Fault;
  readonly identification: Identification;
} {
  return { kind: "failed", fault, identification: { from: undefined, seen: undefined } };
}

/** A receipt that differs by its number alone. */
export function receipt(number: number | string, overrides: Partial<ReceiptInput> = {}): ReceiptInput {
  return {
    receiptId: `rec-${number}`,
    transactionId: `tx-${number}`,
    hash: new Uint8Array([1, 2, 3, 4]),
    ticks: 42,
    spanId: 789n,
    committed: true,
    ...overrides,
  };
}
