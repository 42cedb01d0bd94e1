import type { SidecarClient } from "../api/sidecar-client.ts";
import type { QuorumReply } from "../api/sidecar-replies.ts";
import { mapConcurrently } from "../commands/map-concurrently.ts";
import type { ExpectedReceipt } from "./demo-receipts.ts";

/** What every region says when it is asked for every receipt. */
export interface Verification {
  /** Held by a quorum with the very contents that were submitted. */
  readonly held: number;
  /** Held so by every region. */
  readonly heldByAll: number;
  /** Reported committed, and now no quorum shows those contents: it must be 0. */
  readonly lost: readonly string[];
}

/** Each question makes every region read its disk: a few at once keep them all busy. */
const QUESTIONS_AT_ONCE = 8;

/** Asks every region for each receipt and compares the contents with the digest of what was submitted. */
export async function verifyAll(
  client: SidecarClient,
  expected: readonly ExpectedReceipt[],
  update: (done: number) => void,
): Promise<Verification> {
  const lost: string[] = [];
  let heldByAll = 0;
  let done = 0;
  const ask = ({ receiptId, digest }: ExpectedReceipt): Promise<QuorumReply> =>
    client.get(`/api/v1/receipts/${encodeURIComponent(receiptId)}/quorum?digest=${digest}&committed=true`);
  for await (const { item, result } of mapConcurrently(expected, QUESTIONS_AT_ONCE, ask)) {
    if (!result.quorum_achieved) lost.push(item.receiptId);
    if (result.confirmed_regions === result.total_regions) heldByAll += 1;
    done += 1;
    update(done);
  }
  return { held: expected.length - lost.length, heldByAll, lost };
}
