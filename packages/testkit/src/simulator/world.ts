/** A deployment in virtual time: sites, network, faults, and the checkers that watch all of it. */
import type { Introduction } from "@rsync/core";
import { Disk } from "./disk/disk.ts";
import { openModelStore } from "./disk/model-store.ts";
import { DiskHistory } from "./disk-history.ts";
import { Draw } from "./draw.ts";
import { EvidenceBook } from "./evidence-book.ts";
import { Injector } from "./faults/injector.ts";
import { muddled } from "./network/item-lies.ts";
import { LiarsStockroom } from "./network/liars-stockroom.ts";
import { type Answer, type Request, recordsIn, refusedIn, statesIn, subjectOf } from "./network/message.ts";
import { type AskedOf, Network, type NetworkObserver } from "./network/network.ts";
import { simulatedTransport } from "./network/simulated-transport.ts";
import { Weather } from "./network/weather.ts";
import type { Speaker, WorldView } from "./observation.ts";
import type { SimulationOptions } from "./options.ts";
import { configOf, ruleOf } from "./process/deployment-config.ts";
import type { Incarnation } from "./process/incarnation.ts";
import type { StartProcess } from "./process/simulated-process.ts";
import { type OpenStore, Site } from "./process/site.ts";
import { Referee } from "./referee.ts";
import { SimulatedTime } from "./time.ts";
import { Trace } from "./trace.ts";
import { CallBook, describeTold } from "./workload/call-book.ts";
import { Workload } from "./workload/workload.ts";

export interface WorldParts {
  readonly seed: number;
  readonly options: SimulationOptions;
  readonly startProcess: StartProcess;
  /** Default: the model store. */
  readonly openStore?: OpenStore | undefined;
}

export class World {
  readonly options: SimulationOptions;
  readonly time = new SimulatedTime();
  readonly trace = new Trace();
  readonly sites = new Map<string, Site>();
  readonly injector: Injector;
  readonly network: Network;
  readonly referee: Referee;
  readonly book: CallBook;
  readonly workload: Workload;
  readonly histories = new Map<string, DiskHistory>();
  /** Deliveries begun so far, but for those of poison alone, which is tried again for ever. */
  deliveries = 0;
  /** When somebody last looked at all disks at once. */
  lookedMs = Number.NEGATIVE_INFINITY;
  lossAcceptedMs = Number.NEGATIVE_INFINITY;
  readonly #evidence = new EvidenceBook();
  readonly #haveLied = new Set<string>();
  readonly #parts: WorldParts;

  constructor(parts: WorldParts) {
    const { seed, options } = parts;
    this.#parts = parts;
    this.options = options;
    this.referee = new Referee(this.#view(), () => this.time.stop());
    const weather = new Weather(new Draw(seed, "weather"), this.#latencies());
    const stock = new LiarsStockroom(new Draw(seed, "lies"), this.sites);
    const observer = this.#networkObserver(stock);
    this.network = new Network(this.time, weather, new Draw(seed, "network"), (id) => this.#neighbour(id), observer);
    for (const { regionId } of options.voters) this.sites.set(regionId, this.#site(regionId));
    const note = (region: string, what: string, detail?: string): void => this.note(region, what, detail);
    const receipts = (): number => this.workload.submitted.length;
    this.injector = new Injector({ options, seed, time: this.time, weather, sites: this.sites, receipts, note });
    this.book = new CallBook({
      nowMs: () => this.time.nowMs,
      ruleOf: (regionId) => ruleOf(options, this.injector.mistakeOf(regionId)),
      made: (call) => {
        this.note(call.regionId, `call ${call.kind}`, `${call.receiptId} ${call.digest?.slice(0, 6) ?? ""}`);
        this.referee.see({ kind: "made", call });
      },
      told: (call, told) => {
        this.note(call.regionId, `told ${call.kind}`, `${call.receiptId} ${describeTold(told)}`);
        this.referee.see({ kind: "told", call, told });
      },
    });
    this.workload = new Workload(options, new Draw(seed, "workload"), this.sites, this.book, () => {
      this.lossAcceptedMs = this.time.nowMs;
    });
  }

  get seed(): number {
    return this.#parts.seed;
  }

  note(region: string, what: string, detail?: string): void {
    this.trace.note(this.time.nowMs, region, what, detail);
  }

  history(regionId: string): DiskHistory {
    const history = this.histories.get(regionId);
    if (history === undefined) throw new Error(`Bug: no region ${regionId}`);
    return history;
  }

  site(regionId: string): Site {
    const site = this.sites.get(regionId);
    if (site === undefined) throw new Error(`Bug: no region ${regionId}`);
    return site;
  }

  #site(regionId: string): Site {
    const { seed, startProcess, openStore = openModelStore } = this.#parts;
    const history = new DiskHistory(() => this.time.nowMs);
    this.histories.set(regionId, history);
    const disk = new Disk({
      synced: (log) => {
        const rows = history.synced(log);
        this.#evidence.synced(regionId, log, this.time.nowMs);
        this.referee.see({ kind: "synced", regionId, log });
        if (rows.length > 0) this.referee.see({ kind: "rowsDurable", regionId, rows });
      },
      destroyed: (log) => {
        history.destroyed(log);
        this.referee.see({ kind: "destroyed", regionId });
      },
    });
    return new Site({
      regionId,
      seed,
      time: this.time,
      disk,
      startProcess,
      openStore,
      transport: (process) => simulatedTransport(this.network, process),
      config: () => configOf(this.options, regionId, this.injector.mistakeOf(regionId)),
      diskSpeed: () => this.#diskSpeedOf(regionId),
      laneLimits: this.options.laneLimits,
      recentReceiptsMax: this.options.recentReceiptsMax,
      paused: () => this.referee.see({ kind: "paused", regionId }),
      up: () => this.workload.afterRestart(this.site(regionId)),
      note: (what, detail) => this.note(regionId, what, detail),
    });
  }

  #diskSpeedOf(regionId: string): SimulationOptions["diskSpeed"] {
    return this.injector.slow.has(regionId) ? slowed(this.options.diskSpeed) : this.options.diskSpeed;
  }

  #latencies(): (from: string, to: string) => number {
    const draw = new Draw(this.#parts.seed, "latency");
    const known = new Map<string, number>();
    return (from, to) => {
      const pair = from < to ? `${from} ${to}` : `${to} ${from}`;
      const latencyMs = known.get(pair) ?? draw.number(this.options.latencyMs);
      known.set(pair, latencyMs);
      return latencyMs;
    };
  }

  #neighbour(regionId: string): ReturnType<ConstructorParameters<typeof Network>[3]> {
    const site = this.sites.get(regionId);
    if (site === undefined) return undefined;
    return {
      regionId,
      listening: () => {
        const { running } = site;
        return running && { incarnation: running.incarnation, receiver: running.process.receiver };
      },
      reachedReply: (request) =>
        site.reached("beforeReply") || (request.kind === "batch" && site.reached("beforeBatchReply")),
      replied: () => void site.reached("afterReply"),
      quirks: this.injector.quirksOf(regionId),
    };
  }

  #networkObserver(stock: LiarsStockroom): NetworkObserver {
    const draw = new Draw(this.#parts.seed, "muddles");
    return {
      requested: (from, call, request, inFlight) => {
        const { regionId } = from;
        this.note(regionId, `${request.kind} to ${call.to.regionId}`, subjectOf(request));
        const holds = recordsIn(request);
        const to = call.to.regionId;
        const { poison } = this.injector.quirksOf(to);
        if (holds.some(({ receiptId }) => !poison.has(receiptId))) this.deliveries += 1;
        this.referee.see({ kind: "spoke", regionId, introduction: call.from, holds, echo: undefined, refuses: [] });
        this.referee.see({
          kind: "requested",
          from: speaker(from),
          introduction: call.from,
          to,
          request,
          inFlight: inFlight.to(to),
          inFlightToAll: inFlight.all,
        });
      },
      answered: (by, to, request, answer, asked) => this.#answered(by, to, request, answer, asked),
      forged: (region, call, request, from) => {
        if (call.to.regionId !== region) return undefined;
        const forged = stock.forge(this.injector.liars.get(region), region, from, request, call.seen);
        if (forged === undefined) return undefined;
        this.#haveLied.add(region);
        this.note(region, `forges for ${from}`, subjectOf(request));
        return forged;
      },
      told: (region, to, request, answer) => {
        const careless = this.#muddle(region, answer, draw);
        const told = stock.tell(this.injector.liars.get(region), region, to, request, careless);
        if (told === answer) return told;
        this.#haveLied.add(region);
        this.note(region, `lies to ${to}`, subjectOf(request));
        return told;
      },
      delivered: (to, regionId, request, answer, truth, askedMs) => {
        const atMs = this.time.nowMs;
        const said = answer.kind === "failed" ? `${answer.fault.kind}${statusOf(answer)}` : answer.reply.kind;
        this.note(to.regionId, `from ${regionId}`, `${subjectOf(request)} ${said}`.trim());
        if (truth !== undefined)
          this.#evidence.heard(to, regionId, answer, truth, { atMs, askedMs }, this.site(to.regionId).disk);
        this.referee.see({ kind: "heard", by: speaker(to), regionId, request, sentMs: askedMs, answer });
      },
    };
  }

  #muddle(region: string, answer: Answer, draw: Draw): Answer {
    const { muddle } = this.injector.quirksOf(region);
    if (muddle === undefined || answer.kind === "failed" || answer.reply.kind !== "batch") return answer;
    return { ...answer, reply: { kind: "batch", items: muddled(muddle, answer.reply.items, draw) } };
  }

  #answered(by: Incarnation, to: string, request: Request, answer: Answer, { call, arrivedMs }: AskedOf): void {
    const { regionId } = by;
    const { from } = answer.identification;
    if (answer.kind === "replied") this.referee.see({ kind: "met", by: speaker(by), from: call.from, arrivedMs });
    if (from === undefined) return;
    this.note(regionId, `answers ${to}`, subjectOf(request));
    const holds = statesIn(answer);
    const refuses = refusedIn(request, answer);
    this.referee.see({ kind: "spoke", regionId, introduction: from, holds, echo: call.seen, refuses });
  }

  #view(): WorldView {
    return {
      options: this.#parts.options,
      nowMs: () => this.time.nowMs,
      disk: (regionId) => this.history(regionId),
      log: (regionId) => this.site(regionId).disk.log,
      durable: (regionId) => {
        const log = this.site(regionId).disk.log;
        return { introduction: log?.introduction() ?? nobody(regionId), epochs: log?.epochs.map((e) => e.epoch) ?? [] };
      },
      commitMsMax: (regionId) => {
        const { writeMs, fsyncMs } = this.#diskSpeedOf(regionId);
        return writeMs.max + fsyncMs.max;
      },
      evidence: (call, regionId) => this.#evidence.of(call, regionId, this.site(call.regionId).disk),
      lossAcceptedSince: (ms) => this.lossAcceptedMs >= ms,
      hasLied: (regionId) => this.#haveLied.has(regionId),
    };
  }
}

function speaker({ regionId, number }: Incarnation): Speaker {
  return { regionId, incarnation: number };
}

function statusOf(answer: Extract<Answer, { kind: "failed" }>): string {
  return answer.fault.kind === "status" ? ` ${answer.fault.status}` : "";
}

function nobody(regionId: string): Introduction {
  return { regionId, store: { storeId: "", epoch: "", position: 0 }, refilling: false };
}

function slowed(speed: SimulationOptions["diskSpeed"]): SimulationOptions["diskSpeed"] {
  const times = ({ min, max }: { min: number; max: number }) => ({ min: min * 100, max: max * 100 });
  return { writeMs: times(speed.writeMs), fsyncMs: times(speed.fsyncMs), readMs: times(speed.readMs) };
}
