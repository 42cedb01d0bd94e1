import type { Fault } from "../../src/evidence/fault.ts";
import { failuresOf } from "../../src/lane/health.ts";
import { createLane, type Lane, type LaneRules } from "../../src/lane/lane.ts";
import type { LaneCommand, LaneEvent } from "../../src/lane/lane-event.ts";
import type { LaneItem } from "../../src/lane/lane-item.ts";
import { stepLane, wakeAtMs } from "../../src/lane/step-lane.ts";
import type { PositionRange } from "../../src/lane/unread-ranges.ts";
import { CONFLICT, claim, row } from "./lane-parts.ts";
import { LaneSchedule, type Request } from "./lane-schedule.ts";

/**
 * A region, its log and its dead letters beside one lane, which checks every promise of `lane.ts` after every step. It knows
 * the lane by its events, commands, cursor and health, never by its queues.
 */
export class LaneWorld {
  readonly lane: Lane;
  nowMs = 0;
  readonly requests: Request[] = [];
  readonly reads: { readonly id: number; readonly range: PositionRange; readonly rowsMax: number }[] = [];
  readonly buries: { readonly id: number; readonly position: number; readonly store: number }[] = [];
  readonly #rules: LaneRules;
  /** Own rows that the log holds. */
  readonly #log: number[] = [];
  #position = 0;
  /** The end of the log when the lane began, which may be a foreign row. */
  readonly #start: number;
  /** Counts the stores that answered under the region's name. */
  #store = 0;
  #settled = new Set<number>();
  #refused = new Set<number>();
  readonly #schedule: LaneSchedule;
  readonly #spent = new Map<LaneItem, number>();

  constructor(rules: LaneRules, start: { readonly owed: number; readonly foreign?: number }) {
    this.#rules = rules;
    this.#schedule = new LaneSchedule(rules);
    for (let count = 0; count < start.owed; count += 1) this.#log.push(this.#nextPosition(count % 2));
    this.#position += start.foreign ?? 0;
    this.#start = this.#position;
    this.lane = createLane("r", 0, this.#position, rules);
    this.#step({ kind: "woke" });
  }

  get owed(): number[] {
    return this.#log.filter((position) => !this.#settled.has(position));
  }

  append(gap: number): void {
    const position = this.#nextPosition(gap);
    this.#log.push(position);
    this.#step({ kind: "appended", rows: [row(position)] });
  }

  /** `refuse` says which of the items the region refuses; `silentFrom` from which item on it says nothing. */
  reply(
    index: number,
    refuse: (position: number) => boolean = () => false,
    silentFrom = Number.POSITIVE_INFINITY,
  ): void {
    const [request] = this.requests.splice(index, 1);
    if (request === undefined) return;
    const { items, store } = request;
    const answered = items.slice(0, silentFrom);
    if (store === this.#store) {
      for (const { position } of answered) (refuse(position) ? this.#refused : this.#settled).add(position);
    }
    const silent = store === this.#store ? items.slice(silentFrom) : [];
    if (silent.length > 0) this.#failed({ ...request, items: silent }, undefined, "retry");
    else this.#schedule.succeeded(request, this.nowMs);
    this.#step({
      kind: "replied",
      id: request.id,
      outcomes: answered.map(({ position }) =>
        refuse(position) ? { kind: "refused", fault: CONFLICT } : { kind: "acknowledged" },
      ),
    });
  }

  fail(index: number, fault: Fault, treatment: "retry" | "pause"): void {
    const [request] = this.requests.splice(index, 1);
    if (request === undefined) return;
    this.#failed(request, fault, treatment);
    this.#step({ kind: "failed", id: request.id, fault, treatment });
  }

  abort(index: number): void {
    const [request] = this.requests.splice(index, 1);
    if (request === undefined) return;
    if (request.probe) this.#schedule.probeAborted(this.nowMs);
    this.#step({ kind: "aborted", id: request.id });
  }

  /** The log answers a read, with at least one row where there is any; `rowsMax` plays a limit of bytes. */
  answerRead(index: number, rowsMax = Number.POSITIVE_INFINITY): void {
    const [read] = this.reads.splice(index, 1);
    if (read === undefined) return;
    const { after, through } = read.range;
    const found = this.#log.filter((position) => position > after && position <= through);
    this.#step({ kind: "read", id: read.id, rows: found.slice(0, Math.min(rowsMax, read.rowsMax)).map(row) });
  }

  failRead(index: number): void {
    const [read] = this.reads.splice(index, 1);
    if (read !== undefined) this.#step({ kind: "readFailed", id: read.id });
  }

  buried(index: number): void {
    const [bury] = this.buries.splice(index, 1);
    if (bury === undefined) return;
    if (bury.store === this.#store) this.#settled.add(bury.position);
    this.#step({ kind: "buried", id: bury.id });
  }

  buryFailed(index: number): void {
    const [bury] = this.buries.splice(index, 1);
    if (bury !== undefined) this.#step({ kind: "buryFailed", id: bury.id });
  }

  heard(): void {
    this.#schedule.heard(this.nowMs);
    this.#step({ kind: "heard" });
  }

  /** Another store answers, which has everything up to `cursor`. */
  storeChanged(cursor: number): void {
    this.#store += 1;
    this.#schedule.chapter += 1;
    this.#settled = new Set(this.#log.filter((position) => position <= cursor));
    this.#refused = new Set();
    this.#step({ kind: "storeChanged", cursor }, cursor);
  }

  wake(): void {
    this.#step({ kind: "woke" });
  }

  /** Lets time pass up to `forMs`, waking the lane when it asked for it, and only then. */
  pass(forMs: number): void {
    const untilMs = this.nowMs + forMs;
    for (let next = this.wakeMs(); next !== undefined && next <= untilMs; next = this.wakeMs()) {
      this.nowMs = next;
      this.wake();
    }
    this.nowMs = untilMs;
  }

  wakeMs(): number | undefined {
    return wakeAtMs(this.lane, this.nowMs);
  }

  get lastPosition(): number {
    return this.#position;
  }

  /** L1: from now on everything works, and nothing but answers and `woke` moves the lane. All that is owed must arrive. */
  heal(): void {
    const { cooldownMaxMs, pauseProbeMs, readRetryMs } = this.#rules;
    const boundMs = Math.max(
      this.nowMs + Math.max(cooldownMaxMs, pauseProbeMs, readRetryMs),
      this.#schedule.askedUntilMs,
    );
    for (let step = 0; this.#busy(); step += 1) {
      claim(step < 50 + this.#log.length * 20, () => "the lane does not come to rest");
      if (this.buries.length > 0) this.buried(0);
      else if (this.reads.length > 0) this.answerRead(0);
      else if (this.requests.length > 0) this.reply(0);
      else this.pass((this.wakeMs() ?? this.nowMs) - this.nowMs);
    }
    claim(this.owed.length === 0, () => `never delivered: ${this.owed}`);
    claim(
      this.lane.cursor === Math.max(this.#log.at(-1) ?? 0, this.#start),
      () => `cursor stays at ${this.lane.cursor}`,
    );
    claim(this.lane.health.kind === "healthy", () => `stays ${this.lane.health.kind} without traffic`);
    claim(this.nowMs <= boundMs, () => `took until ${this.nowMs}, bound ${boundMs}`);
    claim(this.lane.queuedBytes === 0, () => `counts ${this.lane.queuedBytes} bytes in an empty queue`);
  }

  #busy(): boolean {
    return this.buries.length + this.reads.length + this.requests.length > 0 || this.wakeMs() !== undefined;
  }

  #nextPosition(gap: number): number {
    this.#position += 1 + gap;
    return this.#position;
  }

  #failed(request: Request, fault: Fault | undefined, treatment: "retry" | "pause"): void {
    for (const item of request.items) {
      if (!request.probe) this.#spent.set(item, (this.#spent.get(item) ?? 0) + 1);
    }
    this.#schedule.failed(request, this.nowMs, fault, treatment);
  }

  #step(event: LaneEvent, storeCursor?: number): void {
    const cursorBefore = storeCursor ?? this.lane.cursor;
    const commands = stepLane(this.lane, event, this.#rules, {
      nowMs: this.nowMs,
      random: 0,
      turns: Number.POSITIVE_INFINITY,
    });
    for (const command of commands) this.#carryOut(command);
    claim(this.lane.cursor >= cursorBefore, () => `cursor ran back from ${cursorBefore} to ${this.lane.cursor}`);
    this.#checkCursor();
    this.#checkMemory();
    claim(
      failuresOf(this.lane.health) === this.#schedule.failures,
      () => `counts ${failuresOf(this.lane.health)} failures, not ${this.#schedule.failures}`,
    );
    claim((this.wakeMs() ?? Number.POSITIVE_INFINITY) > this.nowMs, () => "wants to be woken in the past: a spin");
  }

  #carryOut(command: LaneCommand): void {
    switch (command.kind) {
      case "send":
        this.#checkSend(command.items);
        this.requests.push({
          ...command,
          chapter: this.#schedule.chapter,
          store: this.#store,
          probe: this.lane.health.kind === "probing",
        });
        claim(this.requests.length <= this.#schedule.window, () => "L4: too many requests at once");
        return;
      case "probe":
        claim(this.lane.live.size + this.lane.backlog.size === 0, () => "asks although there is something to send");
        claim(
          this.nowMs >= this.#schedule.restUntilMs,
          () => `asks at ${this.nowMs}, rests until ${this.#schedule.restUntilMs}`,
        );
        claim(this.requests.length === 0, () => "L4: asks beside a request");
        this.requests.push({
          id: command.id,
          items: [],
          chapter: this.#schedule.chapter,
          store: this.#store,
          probe: this.lane.health.kind === "probing",
        });
        return;
      case "read":
        claim(command.range.after < command.range.through, () => "reads nothing");
        this.reads.push(command);
        return;
      case "bury":
        claim(this.#refused.has(command.item.position), () => `buries ${command.item.position}, which nobody refused`);
        this.buries.push({ id: command.id, position: command.item.position, store: this.#store });
        return;
      case "advanced":
        claim(command.cursor === this.lane.cursor, () => "tells another cursor than it has");
        return;
      case "attemptFailed": {
        const spent = this.#spent.get(command.item) ?? 0;
        claim(command.item.attempts === spent, () => `says ${command.item.attempts} attempts, spent ${spent}`);
        return;
      }
      case "healthChanged":
        return;
    }
  }

  #checkSend(items: readonly LaneItem[]): void {
    const { receiptsPerRequestMax, requestBytesMax } = this.#rules;
    const { kind } = this.lane.health;
    claim(kind === "healthy" || kind === "backingOff" || kind === "probing", () => `sends while ${kind}`);
    claim(
      this.nowMs >= this.#schedule.restUntilMs,
      () => `sends at ${this.nowMs}, rests until ${this.#schedule.restUntilMs}`,
    );
    claim(items.length >= 1 && items.length <= (kind === "probing" ? 1 : receiptsPerRequestMax), () => "request size");
    const bytes = items.reduce((sum, item) => sum + item.bytes, 0);
    claim(items.length === 1 || bytes <= requestBytesMax, () => "request bytes");
    const onTheirWay = new Set(
      this.requests
        .filter(({ store }) => store === this.#store)
        .flatMap((request) => request.items.map((item) => item.position)),
    );
    for (const { position } of items) {
      claim(this.#log.includes(position), () => `sends ${position}, which is no own row`);
      claim(!this.#settled.has(position), () => `sends ${position}, which is settled`);
      claim(!this.#refused.has(position), () => `sends ${position}, which is being buried`);
      claim(!onTheirWay.has(position), () => `sends ${position} twice at once`);
      onTheirWay.add(position);
    }
  }

  #checkCursor(): void {
    const lowest = this.owed[0];
    claim(lowest === undefined || this.lane.cursor < lowest, () => `L2: cursor ${this.lane.cursor} passed ${lowest}`);
  }

  #checkMemory(): void {
    const { queuedReceiptsMax, readRowsMax, windowMax, receiptsPerRequestMax } = this.#rules;
    const carried = windowMax * receiptsPerRequestMax;
    claim(this.lane.live.size <= queuedReceiptsMax + carried, () => `L3: ${this.lane.live.size} live rows`);
    claim(this.lane.backlog.size <= readRowsMax * 2 + carried, () => `L3: ${this.lane.backlog.size} backlog rows`);
    claim(this.lane.burying.size <= readRowsMax + carried, () => `L3: ${this.lane.burying.size} being buried`);
    claim(this.lane.queuedBytes >= 0, () => "negative bytes");
  }
}
