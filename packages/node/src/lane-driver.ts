import {
  type CancelTimer,
  createLane,
  type Health,
  isWaiting,
  type Lane,
  type LaneCommand,
  type LaneEvent,
  type LaneItem,
  type LogRow,
  type RemoteRegionConfig,
  stepLane,
  type TurnTaker,
  wakeAtMs,
} from "@rsync/core";
import { deliver } from "./deliver.ts";
import { reportAttempt, reportHealth } from "./lane-reports.ts";
import type { LaneSurroundings } from "./lane-surroundings.ts";
import * as lines from "./log-lines.ts";
import { probe } from "./probe.ts";
import { Replays } from "./replays.ts";
import { writeBurial, writeReplayed } from "./write-dead-letters.ts";

/** At most this many bytes of rows are read from the log at once. */
const READ_BYTES_MAX = 1024 * 1024;

type Command<Kind extends LaneCommand["kind"]> = Extract<LaneCommand, { readonly kind: Kind }>;

/** Carries out what one lane decides, and feeds back what happened. Decides nothing itself. */
export class LaneDriver {
  readonly region: RemoteRegionConfig;
  readonly #lane: Lane;
  readonly #with: LaneSurroundings;
  /** The peer's store that the lane's cursor stands for. */
  #storeId: string;
  #cancelWake: CancelTimer | undefined;
  #lastSyncMs: number | undefined;
  #inFlight = 0;
  readonly #idle = Promise.withResolvers<void>();
  #stopped = false;
  /** Nothing of the log was settled by this region yet, in this lane or before it. */
  #untouched: boolean;
  /** Rows of one commit that are about to be told to the lane together, so that they travel together. */
  #arrived: LogRow[] = [];
  readonly #replays = new Replays();
  /** What is being buried: a replay that was refused has not ended before its dead letter says so. */
  readonly #burials = new WeakMap<LaneItem, Promise<void>>();

  constructor(
    region: RemoteRegionConfig,
    storeId: string,
    cursor: number,
    surroundings: LaneSurroundings,
    lastSyncMs: number | undefined,
  ) {
    this.region = region;
    this.#lastSyncMs = lastSyncMs;
    this.#storeId = storeId;
    this.#with = surroundings;
    const end = surroundings.around.store.introduction().store.position;
    this.#untouched = cursor === 0;
    this.#lane = createLane(region.regionId, cursor, end, surroundings.rules);
  }

  get health(): Health {
    return this.#lane.health;
  }

  /** Position up to which the region's current store has everything, and that store. */
  get cursor(): { readonly storeId: string; readonly position: number } {
    return { storeId: this.#storeId, position: this.#lane.cursor };
  }

  /** It begins nothing more: another lane took its place, or the manager closes. */
  get stopped(): boolean {
    return this.#stopped;
  }

  get untouched(): boolean {
    return this.#untouched;
  }

  /** Wall-clock milliseconds of the last acknowledgement. */
  get lastSyncMs(): number | undefined {
    return this.#lastSyncMs;
  }

  /** Begins with what the log already owes. */
  start(): void {
    this.#step({ kind: "woke" });
  }

  /** A row was committed. All rows of one commit make one step: this one is told in the present turn, but not yet. */
  appended(row: LogRow): void {
    this.#arrived.push(row);
    if (this.#arrived.length > 1) return;
    queueMicrotask(() => {
      const rows = this.#arrived;
      this.#arrived = [];
      this.#step({ kind: "appended", rows });
    });
  }

  /** Other lanes have left a turn. */
  wake(): void {
    this.#step({ kind: "woke" });
  }

  /** How this lane stands where all of them share a limit. */
  turnTaker(): TurnTaker {
    const { around, rules } = this.#with;
    return {
      priority: this.region.priority,
      inFlight: this.#lane.flights.size,
      waiting: !this.#stopped && isWaiting(this.#lane, rules, around.clock.monotonicMs()),
    };
  }

  get inFlight(): number {
    return this.#lane.flights.size;
  }

  /**
   * Sends rows of dead letters of the region's present store once more, when nothing else is to be sent. Resolves when each of
   * them was answered, failed, or will not be sent any more; an acknowledged one has resolved its dead letter by then.
   */
  async replay(rows: readonly LogRow[]): Promise<void> {
    if (this.#stopped) return;
    const ended = this.#replays.begin(rows);
    this.#step({ kind: "replay", rows });
    await ended;
  }

  heard(): void {
    this.#step({ kind: "heard" });
  }

  /** Another store answers for the region: it is owed everything after its own cursor. */
  storeChanged(storeId: string, cursor: number): void {
    if (storeId === this.#storeId) return;
    this.#storeId = storeId;
    this.#step({ kind: "storeChanged", cursor });
    this.#with.cursorMoved();
  }

  /** The region's store made itself known for the first time; nothing was ever delivered to another one. */
  storeNamed(storeId: string): void {
    this.#storeId = storeId;
    this.#with.cursorMoved();
  }

  /** Begins nothing more; resolves when nothing is in flight. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelWake?.();
    this.#replays.endAll();
    if (this.#inFlight === 0) this.#idle.resolve();
    return this.#idle.promise;
  }

  #step(event: LaneEvent): void {
    const { around, rules, turns } = this.#with;
    const at = { nowMs: around.clock.monotonicMs(), random: around.random(), turns: turns.of(this) };
    if (this.#stopped) {
      // What is settled still moves the cursor, and a change of store still takes it back; nothing is begun.
      if (settles(event)) stepLane(this.#lane, event, rules, at);
      return;
    }
    const inFlight = this.#lane.flights.size;
    const commands = stepLane(this.#lane, event, rules, at);
    for (const command of commands) {
      try {
        this.#carryOut(command);
      } catch (error) {
        // A mistake in one command must not cost the others, nor the lane its next wake-up (I2).
        around.logger(lines.syncTaskPanicked(this.region.regionId, String(error)));
      }
    }
    this.#cancelWake?.();
    // Somebody who heard of it may have stopped the lane meanwhile.
    if (this.#stopped) return;
    const wakeMs = wakeAtMs(this.#lane, at.nowMs);
    this.#cancelWake =
      wakeMs === undefined ? undefined : around.clock.schedule(wakeMs - at.nowMs, () => this.#step({ kind: "woke" }));
    if (this.#lane.flights.size < inFlight) turns.left(this);
  }

  #carryOut(command: LaneCommand): void {
    switch (command.kind) {
      case "send":
        this.#begin(() => this.#send(command));
        return;
      case "probe":
        this.#begin(() => this.#probe(command.id));
        return;
      case "read":
        this.#begin(() => this.#read(command));
        return;
      case "bury":
        this.#begin(() => {
          const burial = this.#bury(command);
          this.#burials.set(command.item, burial);
          return burial;
        });
        return;
      case "replayed":
        this.#begin(() => this.#replayed(command));
        return;
      case "advanced":
        this.#with.cursorMoved();
        return;
      case "attemptFailed":
        reportAttempt(this.#with, this.region.regionId, command);
        return;
      case "healthChanged":
        reportHealth(this.#with, this.region.regionId, command);
        return;
    }
  }

  async #send({ id, items }: Command<"send">): Promise<void> {
    const { event, storeId } = await deliver(id, items, this.region, this.#with);
    if (event.kind !== "replied") return this.#step(event);
    // Another store took the region's place since: what the earlier one said settles nothing for it.
    if (storeId !== this.#storeId) return this.#step({ kind: "aborted", id });
    const acknowledged = event.outcomes.some((outcome) => outcome?.kind === "acknowledged");
    if (acknowledged) this.#lastSyncMs = this.#with.around.clock.wallMs();
    this.#untouched = false;
    this.#step(event);
  }

  async #probe(id: number): Promise<void> {
    this.#step(await probe(id, this.region, this.#with));
  }

  async #read({ id, range, rowsMax }: Command<"read">): Promise<void> {
    const { store, logger } = this.#with.around;
    try {
      const rows = await store.list({ ...range, ownOnly: true, rowsMax, bytesMax: READ_BYTES_MAX });
      this.#step({ kind: "read", id, rows });
    } catch (error) {
      logger(lines.storeTrouble(`read what region ${this.region.regionId} is owed`, String(error)));
      this.#step({ kind: "readFailed", id });
    }
  }

  async #bury(command: Command<"bury">): Promise<void> {
    const { id } = command;
    const buried = await writeBurial(this.#with, { regionId: this.region.regionId, storeId: this.#storeId }, command);
    this.#step(buried ? { kind: "buried", id } : { kind: "buryFailed", id });
  }

  async #replayed(command: Command<"replayed">): Promise<void> {
    // Of the store that it was replayed for, whatever answers by then.
    const peer = { regionId: this.region.regionId, storeId: this.#storeId };
    try {
      await this.#burials.get(command.item);
      await writeReplayed(this.#with, peer, command);
    } finally {
      this.#replays.ended(command.item.position);
    }
  }

  #begin(work: () => Promise<void>): void {
    if (this.#stopped) return;
    this.#inFlight += 1;
    const done = (): void => {
      this.#inFlight -= 1;
      if (this.#stopped && this.#inFlight === 0) this.#idle.resolve();
    };
    work().then(done, (error: unknown) => {
      done();
      this.#with.around.logger(lines.syncTaskPanicked(this.region.regionId, String(error)));
    });
  }
}

function settles(event: LaneEvent): boolean {
  return event.kind === "replied" || event.kind === "buried" || event.kind === "storeChanged";
}
