import { judgeEcho, type StoreMark } from "@rsync/core";
import * as lines from "./log-lines.ts";
import type { Surroundings } from "./parts.ts";

/** Told when the own store stops voting: what it confirmed before does not count for undecided tallies any more. */
export type VoteLostListener = (storeId: string) => void;

/** Echoes remembered at most: anybody can make them up, and acting on one again changes nothing. */
const KNOWN_MAX = 1_000;

/**
 * Finds out, from what peers remember of it, whether the own store is an older copy of itself or stands in for another one
 * (DESIGN §9). Checked on every message before anything is acknowledged or counted.
 */
export class OwnStore {
  readonly #around: Surroundings;
  readonly #voteLost: VoteLostListener;
  readonly #ownerOf: (storeId: string) => string | undefined;
  /** Echoes of other stores that were dealt with: each is acted on once. */
  readonly #known = new Set<string>();

  /** `ownerOf`: the remote region that a store id is known to belong to. */
  constructor(around: Surroundings, voteLost: VoteLostListener, ownerOf: (storeId: string) => string | undefined) {
    this.#ownerOf = ownerOf;
    this.#around = around;
    this.#voteLost = voteLost;
  }

  /** Takes a peer's echo. Resolves when what follows from it is durable; rejects with the store's error. */
  async check(peer: string, seen: StoreMark | undefined): Promise<void> {
    if (seen === undefined || this.#known.has(seen.storeId)) return;
    const { store } = this.#around;
    switch (judgeEcho(store.introduction(), store.epochs(), seen)) {
      case "consistent":
        return;
      case "rolledBack":
        return this.#rolledBack(peer);
      case "replaced":
        // Meant for that other region, whose place on the network this one seems to have: nothing is said about this store.
        if (this.#ownerOf(seen.storeId) !== undefined) return;
        return this.#replaced(peer, seen.storeId);
    }
  }

  /** Whether nothing is left to be done about an echo: not so where the store could not write down what follows from it. */
  heeded(seen: StoreMark | undefined): boolean {
    if (seen === undefined || this.#known.has(seen.storeId)) return true;
    const { store } = this.#around;
    const verdict = judgeEcho(store.introduction(), store.epochs(), seen);
    return verdict === "consistent" || (verdict === "replaced" && this.#ownerOf(seen.storeId) !== undefined);
  }

  async #rolledBack(peer: string): Promise<void> {
    const { store, logger, events } = this.#around;
    const before = store.introduction().store.storeId;
    await store.renew();
    const after = store.introduction().store.storeId;
    if (after === before || this.#known.has(before)) return;
    this.#know(before);
    logger(lines.rolledBack(peer, before, after));
    events.emit("refilling", { reason: "rolledBack", peer });
    this.#voteLost(before);
  }

  async #replaced(peer: string, remembered: string): Promise<void> {
    const { store, logger, events } = this.#around;
    const wasRefilling = store.introduction().refilling;
    await store.startRefilling();
    const told = this.#known.has(remembered);
    this.#know(remembered);
    const { refilling, store: mark } = store.introduction();
    if (!refilling || wasRefilling || told) return;
    logger(lines.refilling(peer, remembered));
    events.emit("refilling", { reason: "replaced", peer });
    this.#voteLost(mark.storeId);
  }

  #know(storeId: string): void {
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    this.#known.add(storeId);
  }
}
