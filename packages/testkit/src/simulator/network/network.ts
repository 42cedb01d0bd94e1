/** Carries requests between processes, and lets them suffer whatever the weather brings. */
import type { Fault, StoreMark, TransportCall } from "@rsync/core";
import type { Draw } from "../draw.ts";
import type { Incarnation } from "../process/incarnation.ts";
import type { SimulatedReceiver } from "../process/simulated-process.ts";
import type { SimulatedTime } from "../time.ts";
import { answerRequest } from "./answer-request.ts";
import { type Answer, failure, type Request } from "./message.ts";
import type { Weather } from "./weather.ts";

/** What the network needs to know of a region. */
export interface Neighbour {
  readonly regionId: string;
  /** The process that listens now, if any. */
  readonly listening: () => { readonly incarnation: Incarnation; readonly receiver: SimulatedReceiver } | undefined;
  /** The work for a request is done and its answer not yet sent; true when the process has died of it. */
  readonly reachedReply: () => boolean;
}

/** Told of everything that passes. */
export interface NetworkObserver {
  /** A process began a request; `inFlight` of its requests of this kind are under way to that region, this one included. */
  readonly requested: (from: Incarnation, call: TransportCall, request: Request, inFlight: number) => void;
  /** A region's own process answered, truthfully; nobody has seen it yet. */
  readonly answered: (
    region: string,
    to: string,
    request: Request,
    answer: Answer,
    echo: StoreMark | undefined,
  ) => void;
  /** Changes an answer where its region lies. */
  readonly told: (region: string, to: string, request: Request, answer: Answer) => Answer;
  /** What a region says without doing the work, where it lies like that now. */
  readonly forged: (region: string, call: TransportCall, request: Request, from: string) => Answer | undefined;
  /** An answer reaches the process that asked; `truth` is what the region's own process said, where that came from the region asked. */
  readonly delivered: (
    to: Incarnation,
    regionId: string,
    request: Request,
    answer: Answer,
    truthOf: string | undefined,
  ) => void;
}

const REFUSED: Fault = { kind: "unreachable", code: "ECONNREFUSED", detail: "nobody listens" };
const NO_ROUTE: Fault = { kind: "unreachable", code: "EHOSTUNREACH", detail: "no route" };
const BROKEN: Fault = { kind: "broken", code: "ECONNRESET", detail: "the connection was reset" };

interface Exchange {
  readonly from: Incarnation;
  readonly to: string;
  readonly call: TransportCall;
  readonly request: Request;
  readonly settle: (answer: Answer, truthOf?: string) => void;
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
  exchange(from: Incarnation, call: TransportCall, request: Request, inFlight: Map<string, number>): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    if (from.dead) return promise;
    const { regionId, timeoutMs } = call.to;
    const lane = `${request.kind}>${regionId}`;
    const under = (inFlight.get(lane) ?? 0) + 1;
    inFlight.set(lane, under);
    let settled = false;
    const settle = (answer: Answer, truthOf?: string): void => {
      if (settled) return;
      settled = true;
      cancel();
      call.signal.removeEventListener("abort", abort);
      inFlight.set(lane, (inFlight.get(lane) ?? 1) - 1);
      this.#observer.delivered(from, regionId, request, answer, truthOf);
      resolve(answer);
    };
    const abort = (): void => settle(failure({ kind: "aborted" }));
    const cancel = from.clock.schedule(timeoutMs, () => settle(failure({ kind: "timeout", timeoutMs })));
    if (call.signal.aborted) abort();
    else {
      call.signal.addEventListener("abort", abort);
      this.#observer.requested(from, call, request, under);
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
    const listening = this.#neighbour(to)?.listening();
    if (listening === undefined) {
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
      void answerRequest(receiver, request, sender, storeIdOf).then((answer) => {
        if (incarnation.dead || this.#neighbour(to)?.reachedReply() === true) return;
        forget();
        this.#observer.answered(to, from.regionId, request, answer, call.seen);
        if (again) return;
        if (breaks) this.#reply(exchange, failure(BROKEN));
        else this.#tell(exchange, answer);
      });
    });
  }

  #tell(exchange: Exchange, answer: Answer): void {
    const { to, from, call, request } = exchange;
    // Behind a wrong endpoint a liar could pass for the region that was meant, and nobody could tell.
    const told = call.to.regionId === to ? this.#observer.told(to, from.regionId, request, answer) : answer;
    this.#reply(exchange, told, told === answer ? to : undefined);
  }

  #reply(exchange: Exchange, answer: Answer, truthOf?: string): void {
    const passage = this.weather.passage(exchange.to, exchange.from.regionId);
    if (passage.kind === "arrives") this.#back(exchange, answer, passage.afterMs, truthOf);
  }

  #back({ from, settle }: Exchange, answer: Answer, afterMs: number, truthOf?: string): void {
    this.#time.after(afterMs, () => from.pass(() => settle(answer, truthOf)));
  }
}

/** Regions live at `http://ID.example`. */
export function endpointOf(regionId: string): string {
  return `http://${regionId}.example`;
}

function hostOf(endpoint: string): string {
  return endpoint.slice("http://".length).split(".")[0] ?? "";
}
