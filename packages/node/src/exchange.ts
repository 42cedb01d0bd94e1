import {
  type Fault,
  type Identification,
  type RemoteRegionConfig,
  SEED_STYLE_STORE,
  type TransportCall,
  type TransportResult,
} from "@rsync/core";
import type { OwnStore } from "./own-store.ts";
import type { Surroundings } from "./parts.ts";
import type { PeerRegistry } from "./peer-registry.ts";

/** One exchange with a region, judged: whoever reads it may trust who said it. */
export type Exchanged<Reply> =
  | {
      readonly kind: "replied";
      readonly reply: Reply;
      readonly identification: Identification;
      readonly storeId: string;
    }
  | {
      readonly kind: "failed";
      readonly fault: Fault;
      /** The failure itself came from the region's own store, so that it may count as its refusal. */
      readonly proven: boolean;
      /** Whose word it is, as far as that could be told. */
      readonly storeId: string | undefined;
    };

/** Speaks with regions. Between the transport and everything that counts votes, there is this one gate. */
export class Exchange {
  readonly #around: Surroundings;
  readonly #peers: PeerRegistry;
  readonly #ownStore: OwnStore;

  constructor(around: Surroundings, peers: PeerRegistry, ownStore: OwnStore) {
    this.#around = around;
    this.#peers = peers;
    this.#ownStore = ownStore;
  }

  /** Calls a region through the transport. Rejects where the transport or the own store does. */
  async with<Reply>(
    region: RemoteRegionConfig,
    signal: AbortSignal,
    call: (call: TransportCall) => Promise<TransportResult<Reply>>,
  ): Promise<Exchanged<Reply>> {
    const { regionId, endpoint, timeoutMs } = region;
    const echoed = this.#peers.markOf(regionId);
    const sentAtMs = this.#around.clock.monotonicMs();
    const from = this.#around.store.introduction();
    const result = await call({ to: { regionId, endpoint, timeoutMs }, from, seen: echoed, signal });
    const { identification } = result;
    if (result.kind === "failed" && identification.from === undefined) {
      const seedStyle = this.#peers.markOf(regionId) === undefined && region.protocol === "auto";
      const proven = seedStyle && identification.partial !== true;
      return { kind: "failed", fault: result.fault, proven, storeId: SEED_STYLE_STORE };
    }
    const sender = await this.#peers.judge(regionId, identification, echoed, sentAtMs);
    if (sender.kind === "rejected") return { kind: "failed", fault: sender.fault, proven: false, storeId: undefined };
    const { storeId } = sender;
    // Only a region that was shown to be the one meant can tell us about our own store; and before its word counts.
    await this.#ownStore.check(regionId, identification.seen);
    if (result.kind === "failed") return { kind: "failed", fault: result.fault, proven: true, storeId };
    return { kind: "replied", reply: result.reply, identification, storeId };
  }
}
