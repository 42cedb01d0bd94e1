import type { Fault } from "../../src/evidence/fault.ts";
import { failuresOf, spendsAttempts } from "../../src/lane/health.ts";
import { createLane, type Lane, type LaneRules } from "../../src/lane/lane.ts";
import type { FailureTreatment, ItemOutcome, LaneCommand, LaneEvent } from "../../src/lane/lane-event.ts";
import type { LaneItem } from "../../src/lane/lane-item.ts";
import { stepLane, wakeAtMs } from "../../src/lane/step-lane.ts";
import type { PositionRange } from "../../src/lane/unread-ranges.ts";
import { checkMemory } from "./lane-memory.ts";
import { claim } from "./lane-parts.ts";
import { type Answer, answerOf, mayBeTheRows, type RegionTraits, WELL, type WorldStart } from "./lane-region.ts";
import { LaneSchedule, type Request } from "./lane-schedule.ts";
import { PoisonWitness } from "./poison-witness.ts";
import { ReplayLedger } from "./replay-ledger.ts";
import { checkOwed, checkReplay, checkRequest } from "./request-checks.ts";
import { WorldLog } from "./world-log.ts";

/**
 * A region, its log and its dead letters beside one lane, which checks every promise of `lane.ts` after every step. It knows
 * the lane by its events, commands, cursor and health, and of its queues only whether anything waits.
 */
export class LaneWorld {
  readonly lane: Lane;
  nowMs = 0;
  turns = Number.POSITIVE_INFINITY;
  readonly requests: Request[] = [];
  readonly reads: { readonly id: number; readonly range: PositionRange; readonly rowsMax: number }[] = [];
  readonly buries: { readonly id: number; readonly position: number; readonly store: number }[] = [];
  readonly rules: LaneRules;
  readonly #region: RegionTraits;
  readonly log: WorldLog;
  /** The end of the log when the lane began, which may be a foreign row. */
  readonly start: number;
  /** Counts the stores that answered under the region's name. */
  #store = 0;
  /** Positions that lie in dead letters of the present store, or did. */
  #letters: number[] = [];
  readonly replays = new ReplayLedger();
  readonly schedule: LaneSchedule;
  readonly #witness = new PoisonWitness();
  readonly #spent = new Map<LaneItem, number>();
  /** Dead letters of poison that were ordered once already, and are ordered again only because they could not be written. */
  readonly #parked = new Set<number>();
  #ordinal = 0;
  /** From now on everything works, and no row that comes is poison. */
  healing = false;

  constructor(rules: LaneRules, { owed, foreign, region }: WorldStart) {
    this.rules = rules;
    this.#region = { ...WELL, ...region };
    this.schedule = new LaneSchedule(rules);
    this.log = new WorldLog(this.#region.poison);
    for (let count = 0; count < owed; count += 1) this.log.write(count % 2, false, true);
    this.log.position += foreign ?? 0;
    this.start = this.log.position;
    this.lane = createLane("r", 0, this.start, rules);
    this.#step({ kind: "woke" });
  }

  /** `upgrade`: another row of the receipt before it. */
  append(gap: number, upgrade = false): void {
    this.#step({ kind: "appended", rows: [this.log.write(gap, upgrade, !this.healing)] });
  }

  /** The region answers as it can; `refuse` says which of the others it refuses, `silentFrom` from which item on it says nothing. */
  reply(
    index: number,
    refuse: (position: number) => boolean = () => false,
    silentFrom = Number.POSITIVE_INFINITY,
  ): void {
    const [request] = this.requests.splice(index, 1);
    if (request === undefined) return;
    const positions = request.items.map(({ position }) => position);
    const answer = answerOf(this.#region, positions, (position) => this.log.poison.has(position), refuse);
    if (answer.kind === "failed") this.#answerFailed(request, answer);
    else this.#answerReplied(request, answer.outcomes.slice(0, silentFrom));
  }

  fail(index: number, fault: Fault, treatment: "retry" | "pause"): void {
    const [request] = this.requests.splice(index, 1);
    if (request !== undefined) this.#answerFailed(request, { kind: "failed", fault, treatment });
  }

  abort(index: number): void {
    const [request] = this.requests.splice(index, 1);
    if (request === undefined) return;
    if (request.probe) this.schedule.probeAborted(this.nowMs);
    this.#step({ kind: "aborted", id: request.id });
  }

  /** The log answers a read, with at least one row where there is any; `rowsMax` plays a limit of bytes. */
  answerRead(index: number, rowsMax = Number.POSITIVE_INFINITY): void {
    const [read] = this.reads.splice(index, 1);
    if (read === undefined) return;
    const rows = this.log.read(read.range, Math.min(rowsMax, read.rowsMax));
    this.#step({ kind: "read", id: read.id, rows });
  }

  failRead(index: number): void {
    const [read] = this.reads.splice(index, 1);
    if (read !== undefined) this.#step({ kind: "readFailed", id: read.id });
  }

  buried(index: number): void {
    const [bury] = this.buries.splice(index, 1);
    if (bury === undefined) return;
    if (bury.store === this.#store) {
      this.log.settled.add(bury.position);
      this.#letters.push(bury.position);
    }
    this.#step({ kind: "buried", id: bury.id });
  }

  buryFailed(index: number): void {
    const [bury] = this.buries.splice(index, 1);
    if (bury !== undefined) this.#step({ kind: "buryFailed", id: bury.id });
  }

  /** One of the dead letters is to be tried once more. */
  replay(index: number): void {
    const position = this.#letters[index];
    const letter = position === undefined ? undefined : this.log.rows.get(position);
    if (position === undefined || letter === undefined) return;
    this.replays.ordered(position);
    this.#step({ kind: "replay", rows: [letter] });
  }

  heard(): void {
    this.schedule.heard(this.nowMs);
    this.#step({ kind: "heard" });
  }

  /** Another store answers, which has everything up to `cursor`. */
  storeChanged(cursor: number): void {
    this.#store += 1;
    this.schedule.chapter += 1;
    this.log.settledUpTo(cursor);
    this.#letters = [];
    this.#witness.storeChanged();
    this.#step({ kind: "storeChanged", cursor }, cursor);
    claim(this.replays.open.length === 0, () => "does not tell that replays were dropped");
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
    return this.log.position;
  }

  #answerReplied(request: Request, outcomes: readonly (ItemOutcome | undefined)[]): void {
    const items = request.store === this.#store ? request.items : [];
    const left = items.filter((item, index) => {
      const kind = outcomes[index]?.kind;
      if (kind === "refused") this.log.refused.add(item.position);
      if (kind === "acknowledged") this.log.settled.add(item.position);
      return kind === undefined || kind === "failed";
    });
    if (left.length < items.length || request.kind === "probe") this.#witness.succeeded(request, items.length > 0);
    const onlyAsked = request.kind === "probe" && this.#isBesideRows();
    const someSettled = left.length === 0 || left.length < items.length;
    if (someSettled && !onlyAsked) this.schedule.succeeded(request, this.nowMs);
    if (left.length > 0)
      this.#failed({ ...request, items: left }, undefined, "retry", left.length === request.items.length);
    this.#step({ kind: "replied", id: request.id, outcomes });
  }

  #answerFailed(request: Request, { fault, treatment }: Extract<Answer, { kind: "failed" }>): void {
    if (treatment === "retry" || treatment === "pause") {
      const items = request.store === this.#store ? request.items : [];
      this.#failed({ ...request, items }, fault, treatment, true);
    }
    this.#step({ kind: "failed", id: request.id, fault, treatment: treatment satisfies FailureTreatment });
  }

  #failed(request: Request, fault: Fault | undefined, treatment: "retry" | "pause", whole: boolean): void {
    for (const item of request.items) {
      if (!request.probe && !item.replay) this.#spent.set(item, (this.#spent.get(item) ?? 0) + 1);
    }
    if (whole) this.#witness.failed(request, this.#ordinal);
    if (!this.#othersTell(request, fault)) this.schedule.failed(request, this.nowMs, fault, treatment);
  }

  /** A question for the sake of suspects or of poison: it ends no rest, and lets nothing grow. */
  #isBesideRows(): boolean {
    const { suspicion, health } = this.lane;
    return health.kind === "healthy" || (suspicion !== undefined && spendsAttempts(health));
  }

  /**
   * What failed in a way that its rows can cause is no failure of the lane where they are known to be poison already, or suspected
   * of it while the lane is healthy.
   */
  #othersTell({ kind, items }: Request, fault: Fault | undefined): boolean {
    if (items.length === 0 || !mayBeTheRows(fault)) return false;
    return kind === "replay" || (kind === "trial" && this.schedule.isHealthy(this.nowMs));
  }

  /** Rows are set apart that may be poison, or all that wait would be, were there room. */
  #isInDoubt(): boolean {
    const { suspicion, live, backlog } = this.lane;
    const fresh = [live, backlog].map((queue) => queue.lightest(({ failures }) => failures));
    const { suspectAfterFailures } = this.rules;
    return (
      suspicion !== undefined || fresh.every((item) => item === undefined || item.failures >= suspectAfterFailures)
    );
  }

  #waits(): boolean {
    return this.lane.live.size + this.lane.backlog.size > 0;
  }

  #step(event: LaneEvent, storeCursor?: number): void {
    const cursorBefore = storeCursor ?? this.lane.cursor;
    const { nowMs, turns } = this;
    const commands = stepLane(this.lane, event, this.rules, { nowMs, random: 0, turns });
    for (const command of commands) this.#carryOut(command);
    claim(this.lane.cursor >= cursorBefore, () => `cursor ran back from ${cursorBefore} to ${this.lane.cursor}`);
    const lowest = this.log.owed[0];
    claim(lowest === undefined || this.lane.cursor < lowest, () => `L2: cursor ${this.lane.cursor} passed ${lowest}`);
    checkMemory(this.lane, this.rules);
    claim(
      failuresOf(this.lane.health) === this.schedule.failures,
      () => `counts ${failuresOf(this.lane.health)} failures, not ${this.schedule.failures}`,
    );
    claim((this.wakeMs() ?? Number.POSITIVE_INFINITY) > this.nowMs, () => "wants to be woken in the past: a spin");
  }

  #carryOut(command: LaneCommand): void {
    switch (command.kind) {
      case "send":
        this.#checkSend(command.id, command.items);
        this.#begin(command.id, command.items);
        return;
      case "probe":
        claim(!this.#waits() || this.#isInDoubt(), () => "asks although there is something to send");
        this.#begin(command.id, []);
        return;
      case "read":
        claim(command.range.after < command.range.through, () => "reads nothing");
        this.reads.push(command);
        return;
      case "bury":
        this.#bury(command);
        return;
      case "replayed":
        this.replays.ended(command.item.position);
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

  #begin(id: number, items: readonly LaneItem[]): void {
    const { restUntilMs, chapter } = this.schedule;
    claim(this.nowMs >= restUntilMs, () => `sends at ${this.nowMs}, rests until ${restUntilMs}`);
    const kind = this.lane.flights.get(id)?.kind ?? "live";
    const probe = this.lane.health.kind === "probing";
    this.#ordinal += 1;
    this.requests.push({ id, items, chapter, store: this.#store, probe, kind, ordinal: this.#ordinal - 1 });
    const { window } = this.schedule;
    const { windowMax, singlesWindowMax } = this.rules;
    const singles = !this.#region.takesBatches && window === windowMax;
    const ofRows = singles ? singlesWindowMax : window;
    const rows = this.requests.filter((request) => request.kind !== "trial" && request.kind !== "replay").length;
    const all = this.requests.length;
    claim(rows <= ofRows, () => `L4: ${rows} requests with rows at once, not ${ofRows}`);
    if (this.lane.health.kind !== "healthy")
      claim(all === 1 || !probe, () => `L4: ${all} requests at once, one a probe`);
    claim(all <= this.turns || rows <= 1, () => `L4: ${all} requests at once; others leave ${this.turns}`);
    claim(all - rows <= 2, () => `${all - rows} requests with poison at once`);
  }

  #bury({ id, item, as }: Extract<LaneCommand, { kind: "bury" }>): void {
    const { position } = item;
    const known = this.buries.some((other) => other.id === id);
    claim(!known, () => `buries ${position} twice at once`);
    if (as === "refused") {
      claim(this.log.refused.has(position), () => `buries ${position}, which nobody refused`);
    } else if (!this.#parked.has(id)) {
      this.#parked.add(id);
      this.#witness.parked(position);
      claim(!this.healing || this.log.poison.has(position), () => `parks ${position}, which is no poison`);
    }
    this.buries.push({ id, position, store: this.#store });
  }

  #checkSend(id: number, items: readonly LaneItem[]): void {
    checkRequest(items, this.lane, this.rules);
    const isReplay = this.lane.flights.get(id)?.kind === "replay";
    const strays = items.filter(({ replay }) => replay !== isReplay);
    claim(strays.length === 0, () => "a replay among others");
    if (isReplay) {
      checkReplay(items, this.lane, this.requests);
      return;
    }
    const toThisStore = this.requests.filter(({ store }) => store === this.#store);
    checkOwed(items, this.log, toThisStore);
  }
}
