/** Strikes regions and links with the faults of a run, each kind with chances of its own, until healing ends them all. */
import type { Transaction } from "../disk/journal.ts";
import { Draw } from "../draw.ts";
import { LIES, type Lie } from "../network/lie.ts";
import { type Quirks, quirksOfWell } from "../network/quirks.ts";
import type { Weather } from "../network/weather.ts";
import type { SimulationOptions } from "../options.ts";
import { type Mistake, NO_MISTAKE } from "../process/deployment-config.ts";
import type { CrashPoint, Site } from "../process/site.ts";
import type { SimulatedTime } from "../time.ts";
import { FAULT_KINDS, type FaultKind } from "./fault-kind.ts";
import { strikeServer } from "./strike-server.ts";
import { loseDoubt, loseMoment, replaceAfterReply, type Untimely } from "./untimely-loss.ts";

export interface InjectorParts {
  readonly options: SimulationOptions;
  readonly seed: number;
  readonly time: SimulatedTime;
  readonly weather: Weather;
  readonly sites: ReadonlyMap<string, Site>;
  /** Receipts that were submitted so far. */
  readonly receipts: () => number;
  readonly note: (region: string, what: string, detail?: string) => void;
}

/** A slow region needs so many times as long for everything: 1 % of its speed. */
const SLOW_FACTOR = 100;

const YEAR_MS = 365 * 24 * 3_600_000;

export class Injector {
  /** How often each kind has struck. */
  readonly struck = new Map<FaultKind, number>();
  readonly mistakes = new Map<string, Mistake>();
  readonly liars = new Map<string, Lie>();
  readonly slow = new Set<string>();
  /** Until when somebody may rest because a busy region asked for it. */
  restUntilMs = Number.NEGATIVE_INFINITY;
  readonly #quirks = new Map<string, Quirks>();
  readonly #with: InjectorParts;
  readonly #draws = new Map<FaultKind, Draw>();
  readonly #ongoing = new Set<() => void>();
  /** Disks that were replaced, and could turn up again. */
  readonly #lost = new Map<string, readonly Transaction[]>();
  #healed = false;

  constructor(parts: InjectorParts) {
    this.#with = parts;
  }

  /** Begins the phase in which anything may fail. */
  begin(): void {
    for (const kind of FAULT_KINDS) {
      const perMinute = this.#with.options.faults[kind];
      if (perMinute === undefined) continue;
      const draw = new Draw(this.#with.seed, kind);
      this.#draws.set(kind, draw);
      this.#next(kind, draw, 60_000 / perMinute);
    }
  }

  /** Ends everything that goes on. Mistakes are corrected; whoever runs with one must be restarted. */
  heal(): void {
    this.#healed = true;
    for (const end of [...this.#ongoing]) end();
    this.#with.weather.clear();
    this.liars.clear();
    this.slow.clear();
    for (const site of this.#with.sites.values()) {
      site.forgetSetCrash();
      site.disk.fullness = 0;
      site.disk.fsyncFails = false;
      this.#cure(this.quirksOf(site.regionId));
    }
  }

  /** How a region's server treats requests now. */
  quirksOf(regionId: string): Quirks {
    const known = this.#quirks.get(regionId);
    if (known !== undefined) return known;
    const quirks = quirksOfWell(this.#with.options.singlesOnly.includes(regionId));
    this.#quirks.set(regionId, quirks);
    return quirks;
  }

  /** What a region's operator got wrong. */
  mistakeOf(regionId: string): Mistake {
    return this.mistakes.get(regionId) ?? NO_MISTAKE;
  }

  #next(kind: FaultKind, draw: Draw, meanMs: number): void {
    this.#with.time.after(draw.exponential(meanMs), () => {
      if (this.#healed) return;
      this.#strike(kind, draw);
      this.#next(kind, draw, meanMs);
    });
  }

  #strike(kind: FaultKind, draw: Draw): void {
    const { options, sites } = this.#with;
    const site = sites.get(draw.pickAny(options.frail) ?? "");
    if (site === undefined) return;
    const forMs = draw.exponential(draw.pick([20, 500, 5_000]));
    if (!this.#onProcess(kind, site, draw, forMs) && !this.#onNetwork(kind, site, draw, forMs)) {
      if (!this.#onServer(kind, site, draw, forMs) && !this.#onDisk(kind, site, draw, forMs)) return;
    }
    this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1);
    this.#with.note(site.regionId, `fault ${kind}`, forMs.toFixed(1));
  }

  #onProcess(kind: FaultKind, site: Site, draw: Draw, forMs: number): boolean {
    switch (kind) {
      case "crash":
        site.crash(forMs);
        return true;
      case "crashInCommit":
        site.crashAt(draw.pick<CrashPoint>(["beforeWrite", "afterWrite", "afterFsync"]), draw.integer(1, 4), forMs);
        return true;
      case "crashBeforeReply":
        site.crashAt("beforeReply", draw.integer(1, 4), forMs);
        return true;
      case "crashBeforeBatchReply":
        site.crashAt("beforeBatchReply", draw.integer(1, 2), forMs);
        return true;
      case "powerLoss":
        site.losePower(forMs);
        return true;
      case "powerLossAfterRestart":
        site.crash(0);
        this.#with.time.after(draw.exponential(5), () => {
          if (!this.#healed) site.losePower(forMs);
        });
        return true;
      case "pause":
        site.pause();
        this.#during(forMs, () => site.resume());
        return true;
      case "clockJump":
        site.wall.offsetMs += draw.pick([1_000, 3_600_000, YEAR_MS]) * (draw.chance(0.5) ? 1 : -1);
        return true;
      case "lie":
        this.liars.set(site.regionId, draw.pick(LIES));
        this.#during(forMs * 3, () => this.liars.delete(site.regionId));
        return true;
      case "swappedEndpoints":
      case "otherPolicy":
        return this.#misconfigure(kind, site, draw);
      default:
        return false;
    }
  }

  #onNetwork(kind: FaultKind, site: Site, draw: Draw, forMs: number): boolean {
    const { weather, sites } = this.#with;
    const here = site.regionId;
    const there = draw.pickAny([...sites.keys()].filter((regionId) => regionId !== here)) ?? here;
    const touching = (from: string, to: string): boolean => from === here || to === here;
    const silent = draw.chance(0.7);
    const probability = draw.number({ min: 0.05, max: 0.6 });
    switch (kind) {
      case "partition":
        this.#during(forMs, weather.begin({ kind: "cut", silent }, touching));
        return true;
      case "oneWay": {
        const outward = draw.chance(0.5);
        this.#during(
          forMs,
          weather.begin({ kind: "cut", silent }, (from, to) => (outward ? from : to) === here),
        );
        return true;
      }
      case "nonTransitive": {
        const between = (from: string, to: string): boolean => touching(from, to) && (from === there || to === there);
        this.#during(forMs, weather.begin({ kind: "cut", silent }, between));
        return true;
      }
      case "slow":
        this.slow.add(here);
        this.#during(forMs, weather.begin({ kind: "slow", factor: SLOW_FACTOR }, touching), () =>
          this.slow.delete(here),
        );
        return true;
      case "loss":
      case "replyLost":
        this.#during(forMs, weather.begin({ kind, probability }, touching));
        return true;
      case "duplicate":
        this.#during(
          forMs * 3,
          weather.begin({ kind, probability, laterMsMax: draw.pick([10, 1_000, 20_000]) }, touching),
        );
        return true;
      case "reorder":
        this.#during(forMs * 3, weather.begin({ kind, extraMsMax: draw.pick([5, 100, 1_000]) }, touching));
        return true;
      default:
        return false;
    }
  }

  #onServer(kind: FaultKind, site: Site, draw: Draw, forMs: number): boolean {
    const fault = strikeServer(kind, this.quirksOf(site.regionId), draw, this.#with.receipts());
    if (fault === undefined) return false;
    const { times, end, restMs } = fault;
    this.#during(forMs * times, end, () => {
      this.restUntilMs = Math.max(this.restUntilMs, this.#with.time.nowMs + restMs);
    });
    return true;
  }

  /** What was to be poison and was never submitted would spoil what is submitted once all is well. */
  #cure({ poison }: Quirks): void {
    for (const receiptId of poison.keys()) {
      if (Number(receiptId.slice("rec-".length)) > this.#with.receipts()) poison.delete(receiptId);
    }
  }

  #onDisk(kind: FaultKind, site: Site, draw: Draw, forMs: number): boolean {
    const { disk, regionId } = site;
    switch (kind) {
      case "fullDisk":
        disk.fullness = draw.pick([0.5, 1]);
        this.#during(forMs, () => {
          disk.fullness = 0;
        });
        return true;
      case "failedFsync":
        disk.fsyncFails = true;
        return true;
      case "wipe":
        this.#during(forMs, site.keepDown());
        this.#lost.set(regionId, disk.wipe());
        return true;
      case "restore":
        if (disk.durableLength < 2) return false;
        this.#during(forMs, site.keepDown());
        disk.restore(disk.copy(draw.integer(1, disk.durableLength - 1)));
        return true;
      case "oldStoreReturns": {
        const lost = this.#lost.get(regionId);
        if (lost === undefined || lost.length === 0) return false;
        this.#during(forMs, site.keepDown());
        this.#lost.delete(regionId);
        disk.restore(lost);
        return true;
      }
      case "momentLost":
        return loseMoment(site, draw, forMs, this.#untimely());
      case "doubtLost":
        loseDoubt(site, draw, this.#untimely());
        return true;
      case "replacedAfterReply":
        replaceAfterReply(site, draw, this.#untimely());
        return true;
      default:
        return false;
    }
  }

  #untimely(): Untimely {
    const { options, sites, weather, time } = this.#with;
    return {
      weather,
      frail: options.frail.map((regionId) => sites.get(regionId)).filter((site) => site !== undefined),
      during: (ms, end) => this.#during(ms, end),
      after: (ms, run) =>
        time.after(ms, () => {
          if (!this.#healed) run();
        }),
      lost: (regionId, journal) => this.#lost.set(regionId, journal),
    };
  }

  #misconfigure(kind: "swappedEndpoints" | "otherPolicy", site: Site, draw: Draw): boolean {
    const { options } = this.#with;
    const others = draw.shuffled(options.voters.map(({ regionId }) => regionId).filter((id) => id !== site.regionId));
    const [left, right] = others;
    const total = options.voters.reduce((sum, { weight }) => sum + weight, 0);
    if (kind === "otherPolicy") this.mistakes.set(site.regionId, { kind, quorum: draw.integer(1, total) });
    else if (left === undefined || right === undefined) return false;
    else this.mistakes.set(site.regionId, { kind, left, right });
    site.crash(0);
    return true;
  }

  /** Ends something after a while, or when everything is healed. */
  #during(ms: number, ...ends: readonly (() => void)[]): void {
    const end = (): void => {
      if (!this.#ongoing.delete(end)) return;
      for (const each of ends) each();
    };
    this.#ongoing.add(end);
    if (Number.isFinite(ms)) this.#with.time.after(ms, end);
  }
}
