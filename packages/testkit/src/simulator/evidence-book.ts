/** Which unaltered answers reached which process: the only thing that a vote of a remote region may stand on (I1). */
import type { Disk } from "./disk/disk.ts";
import { type Answer, stateIn } from "./network/message.ts";
import type { CallMade, EvidenceHeard } from "./observation.ts";
import type { Incarnation } from "./process/incarnation.ts";

export class EvidenceBook {
  readonly #heard = new Map<string, Omit<EvidenceHeard, "replaced">[]>();

  /** Takes in an answer. One of a store that the listener knows to be replaced is no evidence, whatever it says. */
  heard(to: Incarnation, regionId: string, answer: Answer, atMs: number, listener: Disk): void {
    const { from } = answer.identification;
    if (from === undefined || from.regionId !== regionId) return;
    const state = stateIn(answer);
    if (state === undefined) return;
    const { storeId } = from.store;
    const known = listener.log?.peers().find((peer) => peer.regionId === regionId);
    if (known?.replaced.includes(storeId) === true) return;
    const key = keyOf(to.regionId, to.number, regionId, state.receiptId);
    const { digest, committed } = state;
    const evidence = { atMs, storeId, digest, committed, refilling: from.refilling };
    this.#heard.set(key, [...(this.#heard.get(key) ?? []), evidence]);
  }

  /** What was heard for a call, and whether it still counts as far as the listener's disk knows. */
  of(call: CallMade, regionId: string, listener: Disk): readonly EvidenceHeard[] {
    const heard = this.#heard.get(keyOf(call.regionId, call.incarnation, regionId, call.receiptId)) ?? [];
    const known = listener.log?.peers().find((peer) => peer.regionId === regionId);
    return heard.map((each) => ({ ...each, replaced: known?.replaced.includes(each.storeId) ?? false }));
  }
}

function keyOf(listener: string, incarnation: number, regionId: string, receiptId: string): string {
  return `${listener} ${incarnation} ${regionId} ${receiptId}`;
}
