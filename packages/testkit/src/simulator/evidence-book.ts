/** Which unaltered answers reached which process: the only thing that a vote of a remote region may stand on (I1). */
import type { BatchItemReply, MemoryLog, ReceiptState } from "@rsync/core";
import type { Disk } from "./disk/disk.ts";
import { type Answer, statesIn } from "./network/message.ts";
import type { CallMade, EvidenceHeard } from "./observation.ts";
import type { Incarnation } from "./process/incarnation.ts";

/** An answer of a store that its listener had not durably pinned yet. */
interface Unpinned {
  readonly regionId: string;
  readonly evidence: Noted;
}

/** When an answer was heard, and when its request had left. */
type Times = Pick<EvidenceHeard, "atMs" | "askedMs">;

type Noted = { -readonly [Key in keyof Omit<EvidenceHeard, "replaced">]: EvidenceHeard[Key] };

export class EvidenceBook {
  readonly #heard = new Map<string, Noted[]>();
  readonly #unpinned = new Map<string, Unpinned[]>();

  /** Takes in an answer. One of a store that the listener knows to be replaced is no evidence, whatever it says. */
  heard(to: Incarnation, regionId: string, answer: Answer, truth: Answer, times: Times, listener: Disk): void {
    const { from } = answer.identification;
    if (from === undefined || from.regionId !== regionId) return;
    const { storeId } = from.store;
    const known = listener.log?.peers().find((peer) => peer.regionId === regionId);
    if (known?.replaced.includes(storeId) === true) return;
    for (const { receiptId, digest, committed } of unaltered(answer, truth)) {
      const key = keyOf(to.regionId, to.number, regionId, receiptId);
      const evidence = { ...times, storeId, digest, committed, refilling: from.refilling };
      if (known?.mark?.storeId !== storeId) this.#awaitPin(to.regionId, { regionId, evidence });
      this.#heard.set(key, [...(this.#heard.get(key) ?? []), evidence]);
    }
  }

  /** Something became durable at a region. What it heard of a store that it pins now counts from now on. */
  synced(listener: string, log: MemoryLog, nowMs: number): void {
    const waiting = this.#unpinned.get(listener);
    if (waiting === undefined) return;
    const pinned = new Set(log.peers().map(({ regionId, mark }) => `${regionId} ${mark?.storeId}`));
    const isPinned = ({ regionId, evidence }: Unpinned): boolean => pinned.has(`${regionId} ${evidence.storeId}`);
    for (const { evidence } of waiting.filter(isPinned)) evidence.atMs = nowMs;
    this.#unpinned.set(
      listener,
      waiting.filter((each) => !isPinned(each)),
    );
  }

  #awaitPin(listener: string, unpinned: Unpinned): void {
    unpinned.evidence.atMs = Number.POSITIVE_INFINITY;
    this.#unpinned.set(listener, [...(this.#unpinned.get(listener) ?? []), unpinned]);
  }

  /** What was heard for a call, and whether it still counts as far as the listener's disk knows. */
  of(call: CallMade, regionId: string, listener: Disk): readonly EvidenceHeard[] {
    const heard = this.#heard.get(keyOf(call.regionId, call.incarnation, regionId, call.receiptId)) ?? [];
    const known = listener.log?.peers().find((peer) => peer.regionId === regionId);
    return heard.map((each) => ({ ...each, replaced: known?.replaced.includes(each.storeId) ?? false }));
  }
}

/** What of an answer is as the region's own process said it. A receipt of which it speaks twice is none (DESIGN §11). */
function unaltered(answer: Answer, truth: Answer): readonly ReceiptState[] {
  if (answer === truth) return statesIn(answer);
  if (answer.kind === "failed" || truth.kind === "failed" || answer.identification !== truth.identification) return [];
  if (answer.reply.kind !== "batch" || truth.reply.kind !== "batch") return [];
  const { items: said } = truth.reply;
  const times = new Map<string, number>();
  for (const item of answer.reply.items) times.set(receiptIdOf(item), (times.get(receiptIdOf(item)) ?? 0) + 1);
  const items = answer.reply.items.filter((item) => said.includes(item) && times.get(receiptIdOf(item)) === 1);
  return statesIn({ ...answer, reply: { kind: "batch", items } });
}

function receiptIdOf(item: BatchItemReply): string {
  return item.kind === "acknowledged" ? item.acknowledgement.receiptId : item.receiptId;
}

function keyOf(listener: string, incarnation: number, regionId: string, receiptId: string): string {
  return `${listener} ${incarnation} ${regionId} ${receiptId}`;
}
