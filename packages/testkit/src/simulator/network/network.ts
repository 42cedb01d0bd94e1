/** Carries requests between processes, and lets them suffer whatever the weather brings. */
import type { Fault, TransportCall } from "@rsync/core";
import type { Draw } from "../draw.ts";
import type { Incarnation } from "../process/incarnation.ts";
import type { SimulatedReceiver } from "../process/simulated-process.ts";
import type { SimulatedTime } from "../time.ts";
import { answerRequest } from "./answer-request.ts";
import { type Answer, failure, type Request, recordsIn } from "./message.ts";
import type { Quirks } from "./quirks.ts";
import type { Weather } from "./weather.ts";

/** What the network needs to know of a region. */
export interface Neighbour {
  readonly regionId: string;
  /** The process that listens now, if any. */
  readonly listening: () => { readonly incarnation: Incarnation; readonly receiver: SimulatedReceiver } | undefined;
  /** The work for a request is done and its answer not yet sent; true when the process has died of it. */
  readonly reachedReply: (request: Request) => boolean;
  /** Its answer is on its way. */
  readonly replied: () => void;
  readonly quirks: Quirks;
}

/** What a process was asked with, and when that reached it. */
export interface AskedOf {
  readonly call: TransportCall;
  readonly arrivedMs: number;
}

/** Told of everything that passes. */
export interface NetworkObserver {
  /** A process began a request; `inFlight` knows which of its deliveries are under way, this one included. */
  readonly requested: (from: Incarnation, call: TransportCall, request: Request, inFlight: InFlight) => void;
  /** A region's own process answered, truthfully; nobody has seen it yet. */
  readonly answered: (by: Incarnation, to: string, request: Request, answer: Answer, asked: AskedOf) => void;
  /** Changes an answer where its region lies. */
  readonly told: (region: string, to: string, request: Request, answer: Answer) => Answer;
  /** What a region says without doing the work, where it lies like that now. */
  readonly forged: (region: string, call: TransportCall, request: Request, from: string) => Answer | undefined;
  /** An answer reaches the process that asked; `truth` is what the asked region's own process said, where that is known. */
  readonly delivered: (
    to: Incarnation,
    regionId: string,
    request: Request,
    answer: Answer,
    truth: Answer | undefined,
    sentMs: number,
  ) => void;
}

/** Deliveries of one process that are under way, single receipts and batches alike, by region. */
export class InFlight {
  readonly #byRegion = new Map<string, number>();

  to(regionId: string): number {
    return this.#byRegion.get(regionId) ?? 0;
  }

  get all(): number {
    let sum = 0;
    for (const each of this.#byRegion.values()) sum += each;
    return sum;
  }

  change(regionId: string, by: 1 | -1): void {
    this.#byRegion.set(regionId, this.to(regionId) + by);
  }
}

const REFUSED: Fault = { kind: "unreachable", code: "ECONNREFUSED", detail: "nobody listens" };
const NO_ROUTE: Fault = { kind: "unreachable", code: "EHOSTUNREACH", detail: "no route" };
const BROKEN: Fault = { kind: "broken", code: "ECONNRESET", detail: "the connection was reset" };

interface Exchange {
  readonly from: Incarnation;
  readonly to: string;
  readonly call: TransportCall;
  readonly request: Request;
  readonly settle: (answer: Answer, truth?: Answer) => void;
}

export class Network {
  readonly weather: Weather;
  readonly #time: SimulatedTime;
  readonly #draw: Draw;
  readonly #neighbour: (regionId: string) => Neighbour | undefined;
  readonly #observer: NetworkObserver;

  constructor(
    time: SimulatedTime,
    weather: Weather,
    draw: Draw,
    neighbour: (regionId: string) => Neighbour | undefined,
    observer: NetworkObserver,
  ) {
    this.#time = time;
    this.weather = weather;
    this.#draw = draw;
    this.#neighbour = neighbour;
    this.#observer = observer;
  }

  /** One request of a process. Resolves as a transport's call does; never where the process dies meanwhile. */
  exchange(from: Incarnation, call: TransportCall, request: Request, inFlight: InFlight): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    if (from.dead) return promise;
    const { regionId, timeoutMs } = call.to;
    const sentMs = this.#time.nowMs;
    const delivers = recordsIn(request).length > 0;
    if (delivers) inFlight.change(regionId, 1);
    let settled = false;
    const settle = (answer: Answer, truth?: Answer): void => {
      if (settled) return;
      settled = true;
      cancel();
      call.signal.removeEventListener("abort", abort);
      if (delivers) inFlight.change(regionId, -1);
      this.#observer.delivered(from, regionId, request, answer, truth, sentMs);
      resolve(answer);
    };
    const abort = (): void => settle(failure({ kind: "aborted" }));
    const cancel = from.clock.schedule(timeoutMs, () => settle(failure({ kind: "timeout", timeoutMs })));
    if (call.signal.aborted) abort();
    else {
      call.signal.addEventListener("abort", abort);
      this.#observer.requested(from, call, request, inFlight);
      this.#set({ from, to: hostOf(call.to.endpoint), call, request, settle });
    }
    return promise;
  }

  /** Sends the request on its way. */
  #set(exchange: Exchange): void {
    const { from, to } = exchange;
    const passage = this.weather.passage(from.regionId, to);
    if (passage.kind === "lost") return;
    if (passage.kind === "noRoute") {
      this.#back(exchange, failure(NO_ROUTE), 1);
      return;
    }
    const arrive = (again: boolean): void => this.#arrive(exchange, passage.breaks && !again, again);
    this.#time.after(passage.afterMs, () => arrive(false));
    const { again } = passage;
    if (again !== undefined) this.#time.after(passage.afterMs + again, () => arrive(true));
  }

  /** `again`: a copy that the network made; whoever sent it does not wait for this answer any more. */
  #arrive(exchange: Exchange, breaks: boolean, again: boolean): void {
    const { from, to, call, request } = exchange;
    const neighbour = this.#neighbour(to);
    const listening = neighbour?.listening();
    if (neighbour === undefined || listening === undefined) {
      if (!again) this.#reply(exchange, failure(REFUSED));
      return;
    }
    const { incarnation, receiver } = listening;
    const forged = again ? undefined : this.#observer.forged(to, call, request, from.regionId);
    if (forged !== undefined) {
      this.#reply(exchange, forged);
      return;
    }
    const forget = incarnation.atDeath(() => {
      if (!again && this.#draw.chance(0.7)) this.#reply(exchange, failure(BROKEN));
    });
    incarnation.pass(() => {
      const sender = { from: call.from, seen: call.seen };
      const storeIdOf = (): string => receiver.identification(sender).from?.store.storeId ?? "";
      const asked = { call, arrivedMs: this.#time.nowMs };
      const answering = { storeIdOf, quirks: neighbour.quirks, draw: this.#draw };
      void answerRequest(receiver, request, sender, answering).then((answer) => {
        if (incarnation.dead || neighbour.reachedReply(request)) return;
        forget();
        this.#observer.answered(incarnation, from.regionId, request, answer, asked);
        if (again) return;
        if (breaks) this.#reply(exchange, failure(BROKEN));
        else this.#tell(exchange, answer);
        neighbour.replied();
      });
    });
  }

  #tell(exchange: Exchange, answer: Answer): void {
    const { to, from, call, request } = exchange;
    // Behind a wrong endpoint a liar could pass for the region that was meant, and nobody could tell.
    if (call.to.regionId !== to) this.#reply(exchange, answer);
    else this.#reply(exchange, this.#observer.told(to, from.regionId, request, answer), answer);
  }

  #reply(exchange: Exchange, answer: Answer, truth?: Answer): void {
    const passage = this.weather.passage(exchange.to, exchange.from.regionId);
    if (passage.kind === "arrives") this.#back(exchange, answer, passage.afterMs, truth);
  }

  #back({ from, settle }: Exchange, answer: Answer, afterMs: number, truth?: Answer): void {
    this.#time.after(afterMs, () => from.pass(() => settle(answer, truth)));
  }
}

/** Regions live at `http://ID.example`. */
export function endpointOf(regionId: string): string {
  return `http://${regionId}.example`;
}

function hostOf(endpoint: string): string {
  return endpoint.slice("http://".length).split(".")[0] ?? "";
}
