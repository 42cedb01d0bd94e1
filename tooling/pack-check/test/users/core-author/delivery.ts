import {
  createLane,
  judgeAcknowledgement,
  type Lane,
  type LaneCommand,
  type LaneEvent,
  type LaneRules,
  type LogRow,
  type ReceiptStore,
  stepLane,
  type TallyEvent,
  type Transport,
  treatmentOf,
  wakeAtMs,
} from "@rsync/core";

/** Everything that a lane needs of the world. */
export interface World {
  readonly store: ReceiptStore;
  readonly transport: Transport;
  readonly rules: LaneRules;
  readonly signal: AbortSignal;
  readonly tell: (event: TallyEvent) => void;
  nowMs: number;
}

/** Drives core's lane to one region, with time that the caller moves. */
export class Delivery {
  readonly #lane: Lane;
  readonly #world: World;

  constructor(regionId: string, world: World) {
    this.#lane = createLane(regionId, 0, 0, world.rules);
    this.#world = world;
  }

  /** When it wants to go on. */
  get wakeAtMs(): number | undefined {
    return wakeAtMs(this.#lane, this.#world.nowMs);
  }

  async step(event: LaneEvent): Promise<void> {
    const at = { nowMs: this.#world.nowMs, random: 0, turns: 1 };
    for (const command of stepLane(this.#lane, event, this.#world.rules, at)) await this.#carryOut(command);
  }

  async #carryOut(command: LaneCommand): Promise<void> {
    if (command.kind === "read") {
      const range = { ...command.range, ownOnly: true, rowsMax: command.rowsMax, bytesMax: 1_000_000 };
      await this.step({ kind: "read", id: command.id, rows: await this.#world.store.list(range) });
    }
    if (command.kind === "send") {
      for (const { row } of command.items) await this.step(await this.#deliver(command.id, row));
    }
  }

  async #deliver(id: number, { record }: LogRow): Promise<LaneEvent> {
    const { store, transport, signal, nowMs, tell } = this.#world;
    const { regionId } = this.#lane;
    const to = { regionId, endpoint: `courier://${regionId}`, timeoutMs: 1_000 };
    const sent = await transport.send({ to, from: store.introduction(), seen: undefined, signal }, record);
    if (sent.kind === "failed") {
      const treatment = treatmentOf(sent.fault, { seedStyle: false, receipts: 1 });
      return { kind: "failed", id, fault: sent.fault, treatment: treatment === "pause" ? "pause" : "retry" };
    }
    const word = judgeAcknowledgement(record, sent.reply, sent.identification, { requireDurable: false });
    if (word.kind === "fault") return { kind: "failed", id, fault: word.fault, treatment: "retry" };
    const storeId = sent.identification.from?.store.storeId ?? "";
    if (word.kind === "confirmed") {
      tell({ kind: "confirmed", regionId, storeId, durability: word.durability, atMs: nowMs });
    }
    return { kind: "replied", id, outcomes: [{ kind: "acknowledged" }] };
  }
}
