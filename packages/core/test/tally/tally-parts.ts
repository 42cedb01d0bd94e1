import type { QuorumPolicy } from "../../src/quorum/policy.ts";
import {
  createTally,
  stepTally,
  type Tally,
  type TallyEvent,
  type TallyRules,
  type Trouble,
} from "../../src/tally/tally.ts";

/** The caller's own region and two others; the first letter of a store names its region. */
export const REGIONS = ["a", "b", "c"] as const;

const RESET: Trouble = { kind: "fault", fault: { kind: "broken", code: "ECONNRESET", detail: "reset" } };
const CONFLICT: Trouble = { kind: "different", digest: "ff" };

export function count(threshold: number, regionIds: readonly string[] = REGIONS): QuorumPolicy {
  return {
    kind: "threshold",
    label: "count",
    threshold,
    of: regionIds.map((regionId) => ({ weight: 1, policy: { kind: "region", regionId } })),
  };
}

export function confirmed(storeId: string, atMs = 0): TallyEvent {
  return { kind: "confirmed", regionId: regionOf(storeId), storeId, durability: "fsync", atMs };
}

export function refused(storeId: string): TallyEvent {
  return { kind: "refused", regionId: regionOf(storeId), storeId, trouble: CONFLICT };
}

export function replaced(storeId: string): TallyEvent {
  return { kind: "storeReplaced", regionId: regionOf(storeId), storeId };
}

export function withdrawn(storeId: string): TallyEvent {
  return { kind: "voteWithdrawn", regionId: regionOf(storeId), storeId };
}

/** An attempt failed; another one follows. */
export function failed(regionId: string, attempts = 1): TallyEvent {
  return { kind: "failed", regionId, attempts, trouble: RESET, done: false };
}

export function exhausted(regionId: string, attempts = 4): TallyEvent {
  return { kind: "failed", regionId, attempts, trouble: RESET, done: true };
}

export function closed(regionId: string): TallyEvent {
  return { kind: "closed", regionId, trouble: RESET };
}

export const TIMED_OUT: TallyEvent = { kind: "timedOut" };

export function tallyOf(rules: Partial<TallyRules>, events: readonly TallyEvent[] = []): Tally {
  const tally = createTally({ policies: [count(2)], waitFor: "quorum", regionIds: REGIONS, ...rules });
  for (const event of events) stepTally(tally, event, 0);
  return tally;
}

function regionOf(storeId: string): string {
  return storeId.slice(0, 1);
}
