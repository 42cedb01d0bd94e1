import {
  type AppendResult,
  type Durability,
  type HeldState,
  type Identification,
  type Introduction,
  type LogRow,
  type PartialEnvelope,
  type Receipt,
  type ReceiptRecord,
  type ReceiptStore,
  StoreError,
} from "@rsync/core";
import { receiptDigest } from "./digest.ts";
import * as lines from "./log-lines.ts";
import type { OwnStore } from "./own-store.ts";
import type { Surroundings } from "./parts.ts";
import { reportConflict } from "./report-conflict.ts";
import { rfc3339 } from "./rfc3339.ts";

/** A receipt as another region sent it. */
export interface ReceivedItem {
  readonly receipt: Receipt;
  readonly envelope: PartialEnvelope;
}

/** What became of a receipt that another region sent. */
export type Received =
  | {
      readonly kind: "acknowledged";
      readonly digest: string;
      /** What is held: true also for a stale copy that says false. */
      readonly committed: boolean;
    }
  /** Other content is held under the id (I4); both are kept. */
  | { readonly kind: "conflict"; readonly held: HeldState; readonly offered: HeldState };

/** What this region holds under an id, for another region. */
export type HeldForPeer =
  | { readonly kind: "held"; readonly row: LogRow }
  | { readonly kind: "absent" }
  /** The store lost what an earlier one held, so its silence means nothing. */
  | { readonly kind: "unknown" };

/** What the receiving side needs of the rest of the manager. */
export interface ReceiverSurroundings {
  /** The parts in force; they change with the configuration. */
  readonly current: () => {
    readonly around: Surroundings;
    readonly ownStore: OwnStore;
    readonly policyDigest: string;
  };
  /** The message comes from a configured region, as far as its introduction can tell. */
  readonly isPeer: (from: Introduction) => boolean;
  /** A message of a region came in: the mark of its store may have grown, and it lives. */
  readonly heard: (from: Introduction) => void;
  /** The highest mark kept of the region that a message says it is from. */
  readonly seenOf: (from: Introduction) => Identification["seen"];
}

/**
 * The receiving side: takes in what other regions send, and answers what they ask. Knows no HTTP; `fetchHandler` and the
 * sidecar map it onto that. Rejects with {@link StoreError} alone.
 */
export class ReceiptReceiver {
  readonly #with: ReceiverSurroundings;

  constructor(surroundings: ReceiverSurroundings) {
    this.#with = surroundings;
  }

  get durability(): Durability {
    return this.#store.durability;
  }

  get policyDigest(): string {
    return this.#with.current().policyDigest;
  }

  /** Stores a receipt and resolves once its commit is durable (I3). */
  async receive(receipt: Receipt, envelope: PartialEnvelope, sender: Identification): Promise<Received> {
    const [received] = await this.receiveBatch([{ receipt, envelope }], sender);
    if (received === undefined) throw noResult();
    return received;
  }

  /**
   * Stores receipts in one commit, in their order, and resolves once it is durable (I3): one result for each, in the same order.
   * A conflict is the receipt's own; where the store fails, nothing of the batch was stored.
   */
  async receiveBatch(items: readonly ReceivedItem[], sender: Identification): Promise<readonly Received[]> {
    await this.#meet(sender);
    if (items.length === 0) return [];
    const arrivedAt = rfc3339(this.#with.current().around.clock.wallMs());
    const records = items.map((item) => recordOf(item, arrivedAt));
    const results = await this.#store.append(records.map((record) => ({ kind: "foreign", record })));
    return records.map((record, index) => {
      const result = results[index];
      if (result === undefined) throw noResult();
      if (result.kind === "conflict") return this.#conflict(record, result.held, sender);
      return { kind: "acknowledged", digest: record.digest, committed: committedIn(result) };
    });
  }

  #conflict(record: ReceiptRecord, held: HeldState, sender: Identification): Received {
    const { around } = this.#with.current();
    const { receiptId, digest, committed } = record;
    const from = sender.from?.regionId ?? record.sourceRegion;
    reportConflict(around, { receiptId, from, held: held.digest, offered: digest });
    return { kind: "conflict", held, offered: { digest, committed } };
  }

  /** Reads what is held under an id. A refilling store does not call anything absent. */
  async read(receiptId: string, sender: Identification): Promise<HeldForPeer> {
    await this.#meet(sender);
    const row = await this.#store.get(receiptId);
    if (row !== undefined) return { kind: "held", row };
    return { kind: this.#store.introduction().refilling ? "unknown" : "absent" };
  }

  /** Says who this region is. */
  async describe(sender: Identification): Promise<Introduction> {
    await this.#meet(sender);
    return this.#store.introduction();
  }

  /** Says a mistake of our own in the log; the region that asked is told no more than that there was one. */
  reportUnexpected(error: unknown): void {
    this.#with.current().around.logger(lines.unexpectedWhileAnswering(error));
  }

  /**
   * What every reply carries: who we are, and what we remember of the sender's store. Where nothing came of what the sender
   * remembers of us (it could not be written down, or nobody here knows the sender), the reply introduces nobody: taken for another
   * store, this one would never be told again.
   */
  identification(sender: Identification): Identification {
    const { from, seen } = sender;
    const heeded = this.#with.current().ownStore.heeded(seen);
    return {
      from: heeded ? this.#store.introduction() : undefined,
      seen: from === undefined ? undefined : this.#with.seenOf(from),
    };
  }

  /** Before anything is said about any receipt, this store must know whether it is still the one that the sender remembers. */
  async #meet(sender: Identification): Promise<void> {
    const { from, seen } = sender;
    if (from === undefined) return;
    const { ownStore, around } = this.#with.current();
    // Anybody can send a request: only what a configured region remembers is believed of this store (DESIGN §9).
    if (this.#with.isPeer(from)) await ownStore.check(from.regionId, seen);
    else if (!ownStore.heeded(seen)) {
      around.seldomLines.tell("strangers", (leftOut) => lines.strangerRemembers(from.regionId, leftOut));
    }
    this.#with.heard(from);
  }

  get #store(): ReceiptStore {
    return this.#with.current().around.store;
  }
}

/** Field by field: this is done for every receipt, and objects of one shape are the quickest to make and to read. */
function recordOf({ receipt, envelope }: ReceivedItem, arrivedAt: string): ReceiptRecord {
  return {
    receiptId: receipt.receiptId,
    transactionId: receipt.transactionId,
    hash: receipt.hash,
    ticks: receipt.ticks,
    spanId: receipt.spanId,
    committed: receipt.committed,
    digest: receiptDigest(receipt),
    timestamp: envelope.timestamp ?? arrivedAt,
    sourceRegion: envelope.sourceRegion ?? "unknown",
    sourceStore: envelope.sourceStore,
    sourceSeq: envelope.sourceSeq,
  };
}

function noResult(): StoreError {
  return new StoreError("failed", "The store gave no result for an append");
}

function committedIn(result: Exclude<AppendResult, { kind: "conflict" }>): boolean {
  return result.kind === "duplicate" ? result.held.committed : result.row.record.committed;
}
