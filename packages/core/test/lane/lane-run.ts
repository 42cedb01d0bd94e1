import type { Fault } from "../../src/evidence/fault.ts";
import type { Health } from "../../src/lane/health.ts";
import { createLane, type Lane, type LaneRules } from "../../src/lane/lane.ts";
import type { FailureTreatment, ItemOutcome, LaneCommand, LaneEvent } from "../../src/lane/lane-event.ts";
import { stepLane, wakeAtMs } from "../../src/lane/step-lane.ts";
import { RULES, row, UNREACHABLE } from "./lane-parts.ts";
import { answerOf, type RegionTraits, WELL } from "./lane-region.ts";

type Sent = Extract<LaneCommand, { kind: "send" }>;
type Read = Extract<LaneCommand, { kind: "read" }>;
type Bury = Extract<LaneCommand, { kind: "bury" }>;
type Probe = Extract<LaneCommand, { kind: "probe" }>;

/** Plays a region and a log by hand, for tests that read as incident reports. Time moves only in {@link wait}. */
export class LaneRun {
  readonly lane: Lane;
  readonly rules: LaneRules;
  nowMs = 0;
  random = 0;
  turns = Number.POSITIVE_INFINITY;
  /** Requests, reads and dead letters that nobody has answered yet, oldest first. */
  readonly sent: Sent[] = [];
  readonly probes: Probe[] = [];
  readonly reads: Read[] = [];
  readonly buries: Bury[] = [];
  /** Everything the lane asked for, with the time. */
  readonly history: { readonly atMs: number; readonly command: LaneCommand }[] = [];

  constructor(options: { rules?: Partial<LaneRules>; cursor?: number; end?: number } = {}) {
    this.rules = { ...RULES, ...options.rules };
    this.lane = createLane("us-west-1", options.cursor ?? 0, options.end ?? 0, this.rules);
  }

  step(event: LaneEvent): LaneCommand[] {
    const commands = stepLane(this.lane, event, this.rules, {
      nowMs: this.nowMs,
      random: this.random,
      turns: this.turns,
    });
    for (const command of commands) {
      this.history.push({ atMs: this.nowMs, command });
      if (command.kind === "send") this.sent.push(command);
      if (command.kind === "probe") this.probes.push(command);
      if (command.kind === "read") this.reads.push(command);
      if (command.kind === "bury") this.buries.push(command);
    }
    return commands;
  }

  append(...positions: number[]): LaneCommand[] {
    return this.step({ kind: "appended", rows: positions.map((position) => row(position)) });
  }

  acknowledge(): LaneCommand[] {
    const { id, items } = this.take(this.sent);
    return this.step({ kind: "replied", id, outcomes: items.map(() => ({ kind: "acknowledged" })) });
  }

  reply(...outcomes: ItemOutcome[]): LaneCommand[] {
    return this.step({ kind: "replied", id: this.take(this.sent).id, outcomes });
  }

  fail(fault: Fault = UNREACHABLE, treatment: FailureTreatment = "retry"): LaneCommand[] {
    return this.step({ kind: "failed", id: this.take(this.sent).id, fault, treatment });
  }

  /** The oldest read finds these own rows. */
  found(...positions: number[]): LaneCommand[] {
    return this.step({ kind: "read", id: this.take(this.reads).id, rows: positions.map((position) => row(position)) });
  }

  /** What is under way is answered at once, as a region with these traits can, and time goes on: until nothing is left to do. */
  serve(region: Partial<RegionTraits> = {}, poison: readonly number[] = [], forMs = 600_000): void {
    const untilMs = this.nowMs + forMs;
    while (this.nowMs < untilMs) {
      const [sent] = this.sent;
      const [probe] = this.probes;
      if (this.buries.length > 0) this.step({ kind: "buried", id: this.take(this.buries).id });
      else if (sent !== undefined) this.#answer(this.take(this.sent), region, poison);
      else if (probe !== undefined) this.step({ kind: "replied", id: this.take(this.probes).id, outcomes: [] });
      else {
        const next = this.wakeMs();
        if (next === undefined) return;
        this.wait(next - this.nowMs);
      }
    }
  }

  #answer({ id, items }: Sent, region: Partial<RegionTraits>, poison: readonly number[]): void {
    const answer = answerOf(
      { ...WELL, ...region },
      items.map(({ position }) => position),
      (position) => poison.includes(position),
      () => false,
    );
    this.step({ ...answer, id });
  }

  /** Nobody answers: what is under way times out after five seconds, and so does what follows, for so long. */
  outage(fault: Fault, forMs: number): void {
    const untilMs = this.nowMs + forMs;
    while (this.nowMs < untilMs) {
      this.nowMs += 5_000;
      this.step({ kind: "woke" });
      const ended = [...this.sent.splice(0), ...this.probes.splice(0)];
      for (const { id } of ended) this.step({ kind: "failed", id, fault, treatment: "retry" });
    }
  }

  /** Positions that were parked as poison so far, or refused. */
  buried(as: "poison" | "refused"): number[] {
    return this.history.flatMap(({ command }) =>
      command.kind === "bury" && command.as === as ? [command.item.position] : [],
    );
  }

  /** Lets time pass, waking the lane whenever it asked to be woken. */
  wait(forMs: number): void {
    const untilMs = this.nowMs + forMs;
    for (let next = this.wakeMs(); next !== undefined && next <= untilMs; next = this.wakeMs()) {
      this.nowMs = next;
      this.step({ kind: "woke" });
    }
    this.nowMs = untilMs;
  }

  /** Lets time pass until a request goes out, and returns how long it took. */
  waitForRequest(): number {
    const beganMs = this.nowMs;
    while (this.sent.length === 0) {
      const next = this.wakeMs();
      if (next === undefined) throw new Error("The lane waits for nothing and sends nothing");
      this.wait(next - this.nowMs);
    }
    return this.nowMs - beganMs;
  }

  wakeMs(): number | undefined {
    return wakeAtMs(this.lane, this.nowMs);
  }

  get health(): Health["kind"] {
    return this.lane.health.kind;
  }

  /** Positions on their way, a list for each request. */
  inFlight(): number[][] {
    return this.sent.map(({ items }) => items.map((item) => item.position));
  }

  /** Positions of all requests so far, in the order of sending. */
  everSent(): number[] {
    return this.history.flatMap(({ command }) =>
      command.kind === "send" ? command.items.map((item) => item.position) : [],
    );
  }

  take<Item>(from: Item[]): Item {
    const item = from.shift();
    if (item === undefined) throw new Error("Nothing is waiting for that answer");
    return item;
  }
}
