import {
  type CancelTimer,
  createLane,
  type Health,
  type Lane,
  type LaneCommand,
  type LaneEvent,
  type LogRow,
  type RemoteRegionConfig,
  stepLane,
  wakeAtMs,
} from "@rsync/core";
import { deliver } from "./deliver.ts";
import { reportAttempt, reportHealth } from "./lane-reports.ts";
import type { LaneSurroundings } from "./lane-surroundings.ts";
import * as lines from "./log-lines.ts";
import { probe } from "./probe.ts";
import { rfc3339 } from "./rfc3339.ts";

/** At most this many bytes of rows are read from the log at once. */
const READ_BYTES_MAX = 1024 * 1024;

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

  appended(row: LogRow): void {
    this.#step({ kind: "appended", rows: [row] });
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
    if (this.#inFlight === 0) this.#idle.resolve();
    return this.#idle.promise;
  }

  #step(event: LaneEvent): void {
    const { around, rules } = this.#with;
    const at = { nowMs: around.clock.monotonicMs(), random: around.random() };
    if (this.#stopped) {
      // What is settled still moves the cursor, and a change of store still takes it back; nothing is begun.
      if (settles(event)) stepLane(this.#lane, event, rules, at);
      return;
    }
    for (const command of stepLane(this.#lane, event, rules, at)) {
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
        this.#begin(() => this.#bury(command));
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

  /** One receipt per request: the transport takes no more, and the lane's rules say so. */
  async #send({ id, items }: Extract<LaneCommand, { kind: "send" }>): Promise<void> {
    const [item] = items;
    if (item === undefined) return;
    const { event, storeId } = await deliver(id, item, this.region, this.#with);
    if (event.kind !== "replied") return this.#step(event);
    // Another store took the region's place since: what the earlier one said settles nothing for it.
    if (storeId !== this.#storeId) return this.#step({ kind: "aborted", id });
    const acknowledged = event.outcomes.some((outcome) => outcome.kind === "acknowledged");
    if (acknowledged) this.#lastSyncMs = this.#with.around.clock.wallMs();
    this.#untouched = false;
    this.#step(event);
  }

  async #probe(id: number): Promise<void> {
    this.#step(await probe(id, this.region, this.#with));
  }

  async #read({ id, range, rowsMax }: Extract<LaneCommand, { kind: "read" }>): Promise<void> {
    const { store, logger } = this.#with.around;
    try {
      const rows = await store.list({ ...range, ownOnly: true, rowsMax, bytesMax: READ_BYTES_MAX });
      this.#step({ kind: "read", id, rows });
    } catch (error) {
      logger(lines.storeTrouble(`read what region ${this.region.regionId} is owed`, String(error)));
      this.#step({ kind: "readFailed", id });
    }
  }

  /** The receipt is named in the region's dead letters before the cursor may pass it (I2). */
  async #bury({ id, item, fault }: Extract<LaneCommand, { kind: "bury" }>): Promise<void> {
    const { store, logger, clock, events } = this.#with.around;
    const { receiptId, digest, committed } = item.row.record;
    const { regionId } = this.region;
    const buriedAt = rfc3339(clock.wallMs());
    const { position, attempts } = item;
    const key = { regionId, storeId: this.#storeId, receiptId, digest, committed };
    try {
      await store.bury([{ ...key, position, kind: "refused", fault, attempts, buriedAt }]);
      events.emit("buried", { regionId, receiptId, digest });
      this.#step({ kind: "buried", id });
    } catch (error) {
      logger(lines.storeTrouble(`bury receipt ${receiptId}, refused by region ${regionId}`, String(error)));
      this.#step({ kind: "buryFailed", id });
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
