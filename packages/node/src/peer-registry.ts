import {
  type Fault,
  hearMark,
  type Identification,
  type Introduction,
  isAvailable,
  judgePeer,
  type PeerMemory,
  SEED_STYLE_STORE,
  type StoreMark,
  unknownPeer,
} from "@rsync/core";
import * as lines from "./log-lines.ts";
import type { Surroundings } from "./parts.ts";
import { leaveOut, newPeerEntry, noteVainGreeting, type PeerEntry } from "./peer-entry.ts";

/** Whether a reply may count, and as whose. */
export type JudgedSender =
  | { readonly kind: "accepted"; readonly storeId: string }
  | { readonly kind: "rejected"; readonly fault: Fault };

/** The word of a store that was asked before another one took its place: no evidence, and no reason to call anybody split. */
const OVERTAKEN: JudgedSender = {
  kind: "rejected",
  fault: { kind: "broken", code: "REPLACED", detail: "another store took the place of the one that answered" },
};

/** A replaced store that is still there answers one of the regular greetings in this time, unless it is never the one that is reached. */
const SPLIT_MS = 600_000;

/** Told what replies showed of a region. */
export interface PeerListener {
  /** Another store answers under its name; `before` is undefined the first time one makes itself known. */
  readonly storeChanged: (regionId: string, before: string | undefined, after: string) => void;
  /** Its store was opened anew, or for the first time as far as is known here. */
  readonly reopened: (regionId: string) => void;
  /** Another opening of its store, or another store, answered without knowing what is remembered. */
  readonly spokeOtherwise: (regionId: string) => void;
  /** The own store took a new id, or stopped voting. */
  readonly ownStoreChanged: () => void;
  /** Its store says that it does not vote for now. */
  readonly voteLost: (regionId: string, storeId: string) => void;
}

/** Remembers, durably, which store answers for each region, and judges every reply by it (I1). Drives core's `judgePeer`. */
export class PeerRegistry {
  readonly #entries = new Map<string, PeerEntry>();
  /** Those that were left out too. */
  readonly #everyEntry: Map<string, PeerEntry>;
  readonly #flushes: { last: Promise<void> };
  readonly #around: Surroundings;
  readonly #listener: PeerListener;

  /**
   * `before`: the registry of the configuration that this one follows. Both share what they know of a region, because what was
   * begun under the earlier one still ends under it.
   */
  constructor(
    around: Surroundings,
    remembered: readonly PeerMemory[],
    listener: PeerListener,
    before: PeerRegistry | undefined,
  ) {
    this.#around = around;
    this.#listener = listener;
    this.#flushes = before === undefined ? { last: Promise.resolve() } : before.#flushes;
    this.#everyEntry = before === undefined ? new Map() : before.#everyEntry;
    const byId = new Map(remembered.map((memory) => [memory.regionId, memory]));
    for (const { regionId, alias, protocol } of around.config.regions) {
      const expected = { regionId, alias, protocol };
      const known = this.#everyEntry.get(regionId);
      const entry = known ?? newPeerEntry(expected, byId.get(regionId) ?? unknownPeer(regionId));
      entry.expected = expected;
      this.#entries.set(regionId, entry);
      this.#everyEntry.set(regionId, entry);
    }
    for (const [regionId, entry] of this.#everyEntry) leaveOut(entry, !this.#entries.has(regionId));
  }

  memory(regionId: string): PeerMemory {
    return this.#entry(regionId).memory;
  }

  /** The highest mark kept of a region's store. */
  markOf(regionId: string): StoreMark | undefined {
    return this.#entry(regionId).memory.mark;
  }

  /** The key of a region's cursor: its current store. */
  storeOf(regionId: string): string {
    return this.markOf(regionId)?.storeId ?? SEED_STYLE_STORE;
  }

  /** The remote region that a store, current or replaced, is known to belong to. */
  ownerOf(storeId: string): string | undefined {
    for (const { memory } of this.#entries.values()) {
      if (memory.mark?.storeId === storeId || memory.replaced.includes(storeId)) return memory.regionId;
    }
    return undefined;
  }

  isSplit(regionId: string): boolean {
    return this.#isSplitNow(this.#entry(regionId));
  }

  isRefilling(regionId: string): boolean {
    return this.#entry(regionId).refilling;
  }

  greetedInVain(regionId: string, fault: Fault): void {
    noteVainGreeting(this.#entry(regionId), fault);
  }

  /** So many greetings came to nothing that the region is taken to be away, as after as many deliveries. */
  isAway(regionId: string): boolean {
    return !isAvailable(this.#entry(regionId).vainGreetings);
  }

  /** Finds the region that a message says it is from; by its pinned name where the configured one is an alias. */
  regionNamed(reportedRegion: string): string | undefined {
    for (const { expected, memory } of this.#entries.values()) {
      const name = expected.alias ? memory.reportedRegion : expected.regionId;
      if (name === reportedRegion) return expected.regionId;
    }
    return undefined;
  }

  /**
   * Whether an introduction bears the name of a configured region. While an alias has no name yet, any name may be its. Its store
   * is not asked for: whoever lies about the one can look up the other, and a store restored from the past knows old ones only.
   */
  introduces(from: Introduction): boolean {
    if (this.regionNamed(from.regionId) !== undefined) return true;
    return [...this.#entries.values()].some(
      ({ expected, memory }) => expected.alias && memory.reportedRegion === undefined,
    );
  }

  /** Judges who sent a reply. Resolves once whatever it stands on is durable; `echoed` is the mark that our request carried. */
  async judge(
    regionId: string,
    identification: Identification,
    echoed: StoreMark | undefined,
    sentAtMs: number,
  ): Promise<JudgedSender> {
    const entry = this.#entry(regionId);
    const judgement = judgePeer(entry.memory, entry.expected, identification, this.#claims, echoed);
    if (judgement.kind === "rejected") {
      if (judgement.because === "unshown") this.#listener.spokeOtherwise(regionId);
      if (judgement.because !== "returned") return { kind: "rejected", fault: judgement.fault };
      if (sentAtMs <= entry.storeChangedAtMs) return OVERTAKEN;
      this.#split(entry);
      return { kind: "rejected", fault: judgement.fault };
    }
    entry.vainGreetings = 0;
    // Whose word it is, is settled here: another store may be judged while this one's pin is being written.
    const storeId = judgement.memory.mark?.storeId ?? SEED_STYLE_STORE;
    const epochBefore = entry.memory.mark?.epoch;
    if (judgement.memory !== entry.memory) this.#remember(entry, judgement.memory, judgement.pin);
    if (entry.memory.mark?.epoch !== epochBefore) this.#listener.reopened(regionId);
    if (judgement.pin) this.#changeStore(entry, judgement.replacedStore);
    if (identification.from !== undefined) this.#noteRefilling(entry, storeId, identification.from.refilling);
    if (entry.pinDurable < entry.pinned) {
      const fault = await this.#makeDurable(entry);
      if (fault !== undefined) return { kind: "rejected", fault };
    }
    return storeId === this.storeOf(regionId) ? { kind: "accepted", storeId } : OVERTAKEN;
  }

  /** A region has acknowledged in the seeds' form: from now on its bare refusals count (DESIGN §6). */
  acknowledgedSeedStyle(regionId: string): void {
    const entry = this.#entry(regionId);
    if (entry.memory.acknowledgedSeedStyle) return;
    entry.memory = { ...entry.memory, acknowledgedSeedStyle: true };
    entry.markDirty = true;
  }

  /** A request came in: only the mark of a store that is pinned already can grow by it. */
  hear(from: Introduction): string | undefined {
    const regionId = this.regionNamed(from.regionId);
    if (regionId === undefined) return undefined;
    const entry = this.#entry(regionId);
    const memory = hearMark(entry.memory, from);
    if (memory !== entry.memory) {
      entry.memory = memory;
      entry.markDirty = true;
    }
    return regionId;
  }

  /**
   * Saves marks that grew. Where no cursor stands on them yet, losing the newest ones in a crash only makes a restored store harder to
   * notice for that stretch.
   */
  flush(): Promise<void> {
    // One after the other: what an earlier one is still writing is not durable yet, and may fail (I2: others stand on it).
    const flushed = this.#flushes.last.then(() => this.#saveDirty());
    this.#flushes.last = flushed.catch(() => {});
    return flushed;
  }

  async #saveDirty(): Promise<void> {
    const dirty = [...this.#everyEntry.values()].filter((entry) => entry.markDirty);
    if (dirty.length === 0) return;
    for (const entry of dirty) entry.markDirty = false;
    try {
      await this.#around.store.savePeers(dirty.map((entry) => entry.memory));
    } catch (error) {
      for (const entry of dirty) entry.markDirty = true;
      throw error;
    }
  }

  readonly #claims = {
    storeOwner: (storeId: string): string | undefined => {
      const { store, config } = this.#around;
      if (store.introduction().store.storeId === storeId) return config.region;
      const owner = this.ownerOf(storeId);
      if (owner !== undefined) return owner;
      return store.epochs().some((epoch) => epoch.storeId === storeId) ? config.region : undefined;
    },
    nameOwner: (reportedRegion: string): string | undefined => {
      const { region } = this.#around.config;
      return reportedRegion === region ? region : this.regionNamed(reportedRegion);
    },
  };

  #entry(regionId: string): PeerEntry {
    const entry = this.#entries.get(regionId);
    if (entry === undefined) throw new Error(`Bug: region ${regionId} is not configured`);
    return entry;
  }

  #remember(entry: PeerEntry, memory: PeerMemory, pin: boolean): void {
    entry.memory = memory;
    if (pin) entry.pinned += 1;
    else entry.markDirty = true;
  }

  #changeStore(entry: PeerEntry, before: string | undefined): void {
    const { regionId, mark } = entry.memory;
    if (mark === undefined) return;
    entry.storeChangedAtMs = this.#around.clock.monotonicMs();
    if (before !== undefined) {
      this.#around.logger(lines.storeReplaced(regionId, before, mark.storeId));
      this.#around.events.emit("storeReplaced", { regionId, before, after: mark.storeId });
    }
    this.#listener.storeChanged(regionId, before, mark.storeId);
  }

  #noteRefilling(entry: PeerEntry, storeId: string, refilling: boolean): void {
    const stopsVoting = refilling && !entry.refilling;
    entry.refilling = refilling;
    if (stopsVoting) this.#listener.voteLost(entry.memory.regionId, storeId);
  }

  async #makeDurable(entry: PeerEntry): Promise<Fault | undefined> {
    try {
      while (entry.pinDurable < entry.pinned) {
        entry.saving ??= this.#save(entry);
        await entry.saving;
      }
      return undefined;
    } catch (error) {
      this.#around.logger(lines.storeTrouble("remember a region's store", String(error)));
      return { kind: "broken", code: "STORE", detail: "the own store could not remember which store answers there" };
    }
  }

  async #save(entry: PeerEntry): Promise<void> {
    const saved = entry.pinned;
    try {
      await this.#around.store.savePeers([entry.memory]);
      entry.pinDurable = saved;
    } finally {
      entry.saving = undefined;
    }
  }

  #isSplitNow({ splitAtMs }: PeerEntry): boolean {
    return this.#around.clock.monotonicMs() - splitAtMs < SPLIT_MS;
  }

  #split(entry: PeerEntry): void {
    const known = this.#isSplitNow(entry);
    entry.splitAtMs = this.#around.clock.monotonicMs();
    if (known) return;
    const { regionId } = entry.memory;
    const current = this.storeOf(regionId);
    this.#around.logger(lines.storeSplit(regionId, current));
    this.#around.events.emit("storeSplit", { regionId, current });
  }
}
