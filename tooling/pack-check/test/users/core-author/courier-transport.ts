import type {
  Fault,
  Identification,
  Introduction,
  ReceiptRecord,
  Transport,
  TransportCall,
  TransportResult,
} from "@rsync/core";
import { UNIDENTIFIED } from "@rsync/core";

/** Another region, as a courier sees it: a box that may be shut. */
export interface Mailbox {
  readonly introduction: Introduction;
  readonly letters: Map<string, ReceiptRecord>;
  /** Deliveries that find it shut before it opens. */
  shutFor: number;
}

/** Carries receipts to boxes in memory: what a library author writes who has something else than HTTP. */
export class CourierTransport implements Transport {
  readonly #boxes: ReadonlyMap<string, Mailbox>;
  #closed = false;

  readonly send: Transport["send"] = (call, record) =>
    this.#visit(call, (box) => {
      box.letters.set(record.receiptId, record);
      const { receiptId, digest, committed } = record;
      return { receiptId, digest, committed, durability: "memory" };
    });

  readonly read: Transport["read"] = (call, receiptId) =>
    this.#visit(call, (box) => {
      const record = box.letters.get(receiptId);
      if (record === undefined) return { kind: "absent" };
      return { kind: "held", receipt: record, envelope: record, durability: "memory" };
    });

  readonly describe: Transport["describe"] = (call) =>
    this.#visit(call, ({ introduction: { regionId, store } }) => {
      return { regionId, storeId: store.storeId, durability: "memory", versions: [1], policyDigest: "" };
    });

  constructor(boxes: ReadonlyMap<string, Mailbox>) {
    this.#boxes = boxes;
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  async #visit<Reply>(call: TransportCall, ask: (box: Mailbox) => Reply): Promise<TransportResult<Reply>> {
    if (this.#closed) return failed({ kind: "aborted" });
    const box = this.#boxes.get(call.to.regionId);
    if (box === undefined) return failed({ kind: "unreachable", code: "NOBODY", detail: "no such box" });
    if (box.shutFor > 0) {
      box.shutFor -= 1;
      return failed({ kind: "unreachable", code: "SHUT", detail: `the box of ${call.to.regionId} is shut` });
    }
    const identification: Identification = { from: box.introduction, seen: call.from.store };
    return { kind: "replied", reply: ask(box), identification };
  }
}

function failed(fault: Fault): {
  readonly kind: "failed";
  readonly fault: Fault;
  readonly identification: Identification;
} {
  return { kind: "failed", fault, identification: UNIDENTIFIED };
}
