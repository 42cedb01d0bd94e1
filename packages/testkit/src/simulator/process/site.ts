/** One region: a disk that stays, and the processes that come and go on it. */
import type { ConfigInput, RandomId, ReceiptStore, Transport } from "@rsync/core";
import { seededRandomId } from "../../seeded-random.ts";
import type { Disk } from "../disk/disk.ts";
import type { CommitPoint, DiskSpeed, StoreHost } from "../disk/store-host.ts";
import { Draw, mix } from "../draw.ts";
import type { SimulatedTime } from "../time.ts";
import { Incarnation, type WallClock } from "./incarnation.ts";
import type { SimulatedLaneLimits, SimulatedProcess, StartProcess } from "./simulated-process.ts";

/** Opens the store that a process works with. */
export type OpenStore = (disk: Disk, regionId: string, host: StoreHost) => Promise<ReceiptStore>;

/** What a site is made of. */
export interface SiteParts {
  readonly regionId: string;
  readonly seed: number;
  readonly time: SimulatedTime;
  readonly disk: Disk;
  readonly startProcess: StartProcess;
  readonly openStore: OpenStore;
  readonly transport: (process: Incarnation) => Transport;
  readonly config: () => ConfigInput;
  readonly diskSpeed: () => DiskSpeed;
  readonly laneLimits: SimulatedLaneLimits;
  readonly recentReceiptsMax: number;
  /** The process is paused. */
  readonly paused: () => void;
  /** A process is up. */
  readonly up: () => void;
  /** A process started, could not start, ended: for the trace. */
  readonly note: (what: string, detail?: string) => void;
}

/** Where a process dies when a crash was set for it. */
export type CrashPoint = CommitPoint | "beforeReply" | "beforeBatchReply" | "afterReply";

/** Ends the site's process in the next so many of these moments; the last one kills. */
interface SetCrash {
  readonly point: CrashPoint;
  left: number;
  readonly restartAfterMs: number;
  /** What befalls its machine in the same moment. */
  readonly meanwhile: () => void;
}

export interface Running {
  readonly incarnation: Incarnation;
  readonly process: SimulatedProcess;
}

/** A start that failed is tried again, as a supervisor does. */
const RESTART_AFTER_MS = 1_000;

export class Site {
  readonly regionId: string;
  readonly disk: Disk;
  readonly wall: WallClock = { offsetMs: 1_763_294_400_000 };
  readonly #parts: SiteParts;
  readonly #draw: Draw;
  readonly #randomId: RandomId;
  #incarnation: Incarnation | undefined;
  #running: Running | undefined;
  #starts = 0;
  #setCrash: SetCrash | undefined;
  /** While positive, nobody may start a process here. */
  #down = 0;

  constructor(parts: SiteParts) {
    this.regionId = parts.regionId;
    this.disk = parts.disk;
    this.#parts = parts;
    this.#draw = new Draw(parts.seed, `site ${parts.regionId}`);
    this.#randomId = seededRandomId(mix(parts.seed, `ids ${parts.regionId}`));
  }

  /** The process, where one is up. */
  get running(): Running | undefined {
    return this.#running;
  }

  /** A process is up or coming up. */
  get alive(): boolean {
    return this.#incarnation !== undefined;
  }

  /** Starts a process, unless there is one. */
  start(): void {
    if (this.#incarnation !== undefined || this.#down > 0) return;
    this.#starts += 1;
    const incarnation = new Incarnation(this.regionId, this.#starts, this.#parts.time, this.wall);
    this.#incarnation = incarnation;
    this.#open(incarnation).catch((error: unknown) => {
      if (this.#incarnation !== incarnation) return;
      this.#parts.note("start failed", String(error));
      this.crash(RESTART_AFTER_MS);
    });
  }

  /** Kills the process where it stands; another one starts so much later. */
  crash(restartAfterMs: number): void {
    const incarnation = this.#incarnation;
    this.#setCrash = undefined;
    this.#incarnation = undefined;
    this.#running = undefined;
    if (incarnation !== undefined) this.#parts.note("process died", String(incarnation.number));
    incarnation?.die();
    this.#parts.time.after(restartAfterMs, () => this.start());
  }

  /** Kills the process and cuts the power. */
  losePower(restartAfterMs: number): void {
    this.crash(restartAfterMs);
    this.#parts.note("power lost");
    this.disk.losePower(this.#draw);
  }

  /** The process will die at the `hits`-th such moment from now. */
  crashAt(point: CrashPoint, hits: number, restartAfterMs: number, meanwhile: () => void = () => {}): void {
    this.#setCrash = { point, left: hits, restartAfterMs, meanwhile };
  }

  /** A set crash that was never reached is forgotten. */
  forgetSetCrash(): void {
    this.#setCrash = undefined;
  }

  /** Keeps the region down until the returned function is called. */
  keepDown(): () => void {
    this.#down += 1;
    this.crash(0);
    let kept = true;
    return () => {
      if (kept) this.#down -= 1;
      kept = false;
      this.start();
    };
  }

  pause(): void {
    this.#incarnation?.pause();
    this.#parts.paused();
  }

  resume(): void {
    this.#incarnation?.resume();
  }

  /** True when the process has died of it. */
  reached(point: CrashPoint): boolean {
    const set = this.#setCrash;
    if (set?.point !== point) return false;
    set.left -= 1;
    if (set.left > 0) return false;
    this.#parts.note("reached", point);
    this.crash(set.restartAfterMs);
    set.meanwhile();
    return true;
  }

  async #open(incarnation: Incarnation): Promise<void> {
    const { openStore, startProcess, transport, config, laneLimits, recentReceiptsMax, note } = this.#parts;
    const store = await openStore(this.disk, this.regionId, this.#host(incarnation));
    void store.failure.then(() => {
      if (this.#incarnation === incarnation) this.crash(RESTART_AFTER_MS);
    });
    const process = await startProcess({
      config: config(),
      store,
      transport: transport(incarnation),
      clock: incarnation.clock,
      random: this.#draw.random,
      logger: () => {},
      laneLimits,
      recentReceiptsMax,
      abandon: [],
    });
    if (this.#incarnation !== incarnation) return;
    this.#running = { incarnation, process };
    note("process up", String(incarnation.number));
    this.#parts.up();
  }

  #host(incarnation: Incarnation): StoreHost {
    return {
      wait: (ms) => incarnation.wait(ms),
      dead: () => incarnation.dead,
      reached: (point) => incarnation.dead || this.reached(point),
      wallMs: incarnation.clock.wallMs,
      randomId: this.#randomId,
      speed: this.#parts.diskSpeed,
      draw: this.#draw,
    };
  }
}
