import { type ReceiptState, spendsAttempts, type TallyEvent, weigh } from "@rsync/core";
import type { Engine } from "./engine.ts";
import type { Finding } from "./question.ts";
import type { Wait } from "./waits.ts";

/** The own store has committed the state: that, and nothing else, makes the local region confirm (I1). */
export function localVote(engine: Engine, wait: Wait): void {
  const { store, config, clock } = engine.around;
  const { refilling, store: mark } = store.introduction();
  const worth = weigh(store.durability, refilling, { requireDurable: config.requireDurable });
  const regionId = config.region;
  if (worth.kind === "confirmed") {
    const atMs = clock.monotonicMs();
    engine.waits.tell(wait, { kind: "confirmed", regionId, storeId: mark.storeId, durability: store.durability, atMs });
  } else if (worth.kind === "delivered") {
    engine.waits.tell(wait, { kind: "closed", regionId, trouble: { kind: "noVote", reason: worth.reason } });
  }
}

/**
 * What is wrong with a region is known before the receipt ever got there. No call waits for a lane that spends no attempts
 * (DESIGN §8); one that is backing off still gets its attempts.
 */
export function tellOfTroubledLanes(engine: Engine, wait: Wait): void {
  for (const [regionId, { health }] of engine.lanes) {
    if (health.kind === "healthy") continue;
    const trouble = { kind: "fault", fault: health.fault } as const;
    if (spendsAttempts(health))
      engine.waits.tell(wait, { kind: "failed", regionId, attempts: 0, trouble, done: false });
    else engine.waits.tell(wait, { kind: "closed", regionId, trouble });
  }
}

/** What an answer to a question is worth in a tally; `undefined` where there is nothing new to say. */
export function voteOfFinding(regionId: string, finding: Finding, state: ReceiptState, atMs: number): TallyEvent {
  switch (finding.kind) {
    case "same": {
      const { storeId, durability, reason } = finding;
      if (finding.counts) return { kind: "confirmed", regionId, storeId, durability, atMs };
      return { kind: "closed", regionId, trouble: reason === undefined ? undefined : { kind: "noVote", reason } };
    }
    case "present": {
      const { storeId } = finding;
      if (finding.counts) return { kind: "confirmed", regionId, storeId, durability: "unproven", atMs };
      return { kind: "closed", regionId, trouble: { kind: "unknown" } };
    }
    case "different": {
      const trouble =
        finding.digest === state.digest
          ? ({ kind: "notCommitted" } as const)
          : ({ kind: "different", digest: finding.digest } as const);
      return { kind: "failed", regionId, attempts: 0, trouble, done: trouble.kind === "different" };
    }
    case "absent":
    case "pruned":
    case "unknown":
      return {
        kind: "failed",
        regionId,
        attempts: 0,
        trouble: { kind: finding.kind },
        done: finding.kind === "pruned",
      };
    case "unreachable":
      return { kind: "failed", regionId, attempts: 0, trouble: { kind: "fault", fault: finding.fault }, done: false };
  }
}
