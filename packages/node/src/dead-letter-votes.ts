import type { Engine } from "./engine.ts";
import type { Wait } from "./waits.ts";

/** Dead letters and conflicts of one id that are looked at; more than a handful means nothing new. */
export const RECORDS_MAX = 100;

/**
 * Counts the refusals that the log remembers, discarded ones too: an operator who gives a receipt up does not make the region
 * hold it. A refusal counts only from the store that the region has now, and no more once it was resolved. Poison is waiting, not
 * refused (DESIGN §8). When the log can not be read, the wait ends and this rejects.
 */
export async function countDeadLetters(engine: Engine, wait: Wait): Promise<void> {
  const { receiptId, digest, committed } = wait.state;
  const { waits, lanes, peers } = engine;
  try {
    const letters = await engine.around.store.deadLetters({ receiptId, kind: "refused", limit: RECORDS_MAX });
    for (const { regionId, storeId, fault, ...letter } of letters) {
      if (letter.digest !== digest || letter.committed !== committed || !lanes.has(regionId)) continue;
      if (storeId !== peers.storeOf(regionId) || letter.status === "resolved") continue;
      waits.tell(wait, { kind: "refused", regionId, storeId, trouble: { kind: "fault", fault } });
    }
  } catch (error) {
    waits.tell(wait, { kind: "timedOut" });
    throw error;
  }
}
