import {
  type Fault,
  isSeedStyle,
  mismatchFault,
  type ProvenDurability,
  type RemoteRegionConfig,
  weigh,
} from "@rsync/core";
import { receiptDigest } from "./digest.ts";
import type { Exchange } from "./exchange.ts";
import * as lines from "./log-lines.ts";
import type { Surroundings } from "./parts.ts";
import type { PeerRegistry } from "./peer-registry.ts";

/** What a region holds under an id, compared with what was asked for (DESIGN §10). */
export type Finding =
  /** The same digest, and `committed` at least as asked; `counts` when it is a vote. */
  | {
      readonly kind: "same";
      readonly counts: boolean;
      readonly reason: "refilling" | "notDurable" | undefined;
      readonly durability: ProvenDurability;
      readonly storeId: string;
      readonly digest: string;
      readonly committed: boolean;
    }
  /** Other content, or the same one short of `committed`. */
  | { readonly kind: "different"; readonly digest: string; readonly committed: boolean }
  /** A seed-style peer's bare yes: nothing to compare; `counts` where such a word is accepted. */
  | { readonly kind: "present"; readonly counts: boolean; readonly storeId: string }
  | { readonly kind: "absent" | "pruned" | "unknown" }
  | { readonly kind: "unreachable"; readonly fault: Fault };

/** What is asked about: a state, or just an id when this region does not hold it and anything is news. */
export interface Question {
  readonly receiptId: string;
  readonly digest: string | undefined;
  readonly committed: boolean;
}

/** A region that sends our headers must also say how durable its store is (DESIGN §5, `requireDurable`). */
const UNPROVEN: Finding = {
  kind: "unreachable",
  fault: { kind: "mismatch", field: "durability", expected: "fsync or memory", received: "none" },
};

/** Asks other regions, and this one, what they hold. Nothing is answered from memory: each question goes to a store. */
export class Questions {
  readonly #around: Surroundings;
  readonly #exchange: Exchange;
  readonly #peers: PeerRegistry;

  constructor(around: Surroundings, exchange: Exchange, peers: PeerRegistry) {
    this.#around = around;
    this.#exchange = exchange;
    this.#peers = peers;
  }

  /** Asks a remote region. Never rejects. */
  async remote(region: RemoteRegionConfig, question: Question, signal: AbortSignal): Promise<Finding> {
    try {
      return await this.#ask(region, question, signal);
    } catch (error) {
      this.#around.logger(lines.verificationTaskPanicked(region.regionId, String(error)));
      return { kind: "unreachable", fault: { kind: "broken", code: "BUG", detail: String(error) } };
    }
  }

  /** Asks the own store by the same rule. Never rejects: a store that can not read is unreachable. */
  async local(question: Question): Promise<Finding> {
    const { store } = this.#around;
    try {
      const row = await store.get(question.receiptId);
      const { refilling, store: mark } = store.introduction();
      if (row === undefined) return { kind: refilling ? "unknown" : "absent" };
      const { record } = row;
      return this.#compare(
        question,
        { digest: receiptDigest(record), committed: record.committed },
        {
          durability: store.durability,
          refilling,
          storeId: mark.storeId,
        },
      );
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return { kind: "unreachable", fault: { kind: "broken", code: "STORE", detail } };
    }
  }

  async #ask(region: RemoteRegionConfig, question: Question, signal: AbortSignal): Promise<Finding> {
    const { transport } = this.#around;
    const exchanged = await this.#exchange.with(region, signal, (call) => transport.read(call, question.receiptId));
    if (exchanged.kind === "failed") return { kind: "unreachable", fault: exchanged.fault };
    const { reply, identification, storeId } = exchanged;
    switch (reply.kind) {
      case "absent":
      case "pruned":
      case "unknown":
        return { kind: reply.kind };
      case "present": {
        const counts = region.protocol === "auto" && isSeedStyle(this.#peers.memory(region.regionId));
        return { kind: "present", counts, storeId };
      }
      case "held": {
        // I1: without a digest to compare with, the contents of any other receipt would pass for this one's.
        if (reply.receipt.receiptId !== question.receiptId) {
          return {
            kind: "unreachable",
            fault: mismatchFault("receiptId", question.receiptId, reply.receipt.receiptId),
          };
        }
        if (reply.durability === undefined && identification.from !== undefined) return UNPROVEN;
        const held = { digest: receiptDigest(reply.receipt), committed: reply.receipt.committed };
        const durability = reply.durability ?? "unproven";
        const refilling = identification.from?.refilling ?? false;
        return this.#compare(question, held, { durability, refilling, storeId });
      }
    }
  }

  #compare(
    question: Question,
    held: { readonly digest: string; readonly committed: boolean },
    holder: { readonly durability: ProvenDurability; readonly refilling: boolean; readonly storeId: string },
  ): Finding {
    const same = question.digest === undefined || held.digest === question.digest;
    if (!same || (question.committed && !held.committed)) return { kind: "different", ...held };
    const { requireDurable } = this.#around.config;
    const worth = weigh(holder.durability, holder.refilling, { requireDurable });
    return {
      kind: "same",
      counts: worth.kind === "confirmed",
      reason: worth.kind === "delivered" ? worth.reason : undefined,
      durability: holder.durability,
      storeId: holder.storeId,
      ...held,
    };
  }
}
