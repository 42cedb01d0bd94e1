/** One life of a process: everything that reaches it passes here, and nothing does any more once it is dead. */
import type { CancelTimer, Clock } from "@rsync/core";
import type { SimulatedTime } from "../time.ts";

/** What its region's machine tells it about time of day. */
export interface WallClock {
  offsetMs: number;
}

export class Incarnation {
  readonly regionId: string;
  /** 1 for the first process of a region. */
  readonly number: number;
  readonly clock: Clock;
  readonly #time: SimulatedTime;
  #state: "running" | "paused" | "dead" = "running";
  #held: (() => void)[] = [];
  #timers = 0;
  readonly #atDeath = new Set<() => void>();

  constructor(regionId: string, number: number, time: SimulatedTime, wall: WallClock) {
    this.regionId = regionId;
    this.number = number;
    this.#time = time;
    this.clock = {
      monotonicMs: () => time.nowMs,
      wallMs: () => wall.offsetMs + time.nowMs,
      schedule: (delayMs, run) => this.#schedule(delayMs, run),
    };
  }

  get dead(): boolean {
    return this.#state === "dead";
  }

  /** Timers that are set and have neither run nor been cancelled. */
  get timers(): number {
    return this.#timers;
  }

  /** Runs now, once it is resumed, or never. */
  pass(run: () => void): void {
    if (this.#state === "running") run();
    else if (this.#state === "paused") this.#held.push(run);
  }

  /** Resolves after so long; never in a process that has died. */
  async wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#state !== "dead") this.#time.after(ms, () => this.pass(resolve));
    await promise;
    // It may have been killed between the moment it waited for and this one; then it must not touch its disk any more.
    if (this.dead) await new Promise<never>(() => {});
  }

  /** Calls `run` when this process dies. The returned function forgets that. */
  atDeath(run: () => void): () => void {
    this.#atDeath.add(run);
    return () => this.#atDeath.delete(run);
  }

  pause(): void {
    if (this.#state === "running") this.#state = "paused";
  }

  resume(): void {
    if (this.#state !== "paused") return;
    this.#state = "running";
    const held = this.#held;
    this.#held = [];
    for (const run of held) this.pass(run);
  }

  /** Nothing of it runs any more; whoever waits for it finds its connection broken. */
  die(): void {
    if (this.#state === "dead") return;
    this.#state = "dead";
    this.#held = [];
    for (const run of [...this.#atDeath]) run();
    this.#atDeath.clear();
  }

  #schedule(delayMs: number, run: () => void): CancelTimer {
    if (this.#state === "dead") return () => {};
    let set = true;
    this.#timers += 1;
    const unset = (): void => {
      if (set) this.#timers -= 1;
      set = false;
    };
    const cancel = this.#time.after(delayMs, () =>
      this.pass(() => {
        if (!set) return;
        unset();
        run();
      }),
    );
    return () => {
      unset();
      cancel();
    };
  }
}
