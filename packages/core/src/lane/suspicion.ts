/**
 * Is it the receipt, or is it the region? (DESIGN §8, Poison)
 *
 * Rows whose requests kept failing in a way that a row can cause (500, 400, 413, no answer in time) are set apart and tried
 * alone, while everything else goes on. A failed trial counts only once the region has shown that it is well: by taking other
 * rows, or by answering a probe. So a region that is down condemns nobody. Trials are halved until a single row is left; one
 * that fails {@link STRIKES_OF_ONE} times is parked.
 */
import type { Fault } from "../evidence/fault.ts";
import type { LaneItem } from "./lane-item.ts";

export interface Suspicion {
  /** Rows under suspicion, those of the next trial first. */
  items: LaneItem[];
  /** Rows of the next trial. */
  trialMax: number;
  /** Trials of the first row alone that failed, each followed by a sign that the region is well. */
  strikes: number;
  /** The last trial failed like this, and nothing has shown since that the region is well. */
  unproven: FailedTrial | undefined;
  /** Rows that were to be parked and could not, since the region last took something. */
  vainRounds: number;
  /** Others have had their turn since the last trial. */
  due: boolean;
  /** No trial before this: one that failed while the lane itself had no reason to rest. */
  restUntilMs: number;
}

/** `nextId`: only requests from this one on were sent after the trial had failed, and so can show whose fault it was. */
export interface FailedTrial {
  readonly fault: Fault;
  readonly nextId: number;
}

/** A row is parked after so many failures that were its own. */
const STRIKES_OF_ONE = 3;

/** Sets rows apart that were in a request together; others that wait have the next turn. */
export function suspect(before: Suspicion | undefined, items: readonly LaneItem[]): Suspicion {
  if (before === undefined) {
    return {
      items: [...items],
      trialMax: Math.max(1, Math.ceil(items.length / 2)),
      strikes: 0,
      unproven: undefined,
      vainRounds: 0,
      due: false,
      restUntilMs: Number.NEGATIVE_INFINITY,
    };
  }
  before.items.push(...items);
  return before;
}

/** The rows to be tried now: taken out, and given back by {@link trialFailed} where they fail. */
export function takeTrial(suspicion: Suspicion, receiptsMax: number, bytesMax: number): LaneItem[] {
  suspicion.due = false;
  const trial: LaneItem[] = [];
  const ids = new Set<string>();
  let bytes = 0;
  for (const item of suspicion.items) {
    const { receiptId } = item.row.record;
    if (trial.length >= Math.min(suspicion.trialMax, receiptsMax) || ids.has(receiptId)) break;
    if (trial.length > 0 && bytes + item.bytes > bytesMax) break;
    ids.add(receiptId);
    bytes += item.bytes;
    trial.push(item);
  }
  suspicion.items.splice(0, trial.length);
  suspicion.trialMax = trial.length;
  return trial;
}

/** A trial failed, or was given up. `failed` where its rows could be the cause. */
export function trialFailed(suspicion: Suspicion, items: readonly LaneItem[], failed: FailedTrial | undefined): void {
  suspicion.items.unshift(...items);
  suspicion.unproven = failed;
}

/** Some of a trial was taken: what is left may be tried in larger parts again. */
export function trialPassed(suspicion: Suspicion): void {
  suspicion.strikes = 0;
  suspicion.unproven = undefined;
  suspicion.trialMax = Math.max(1, Math.min(suspicion.trialMax * 2, Math.ceil(suspicion.items.length / 2)));
}

/**
 * The region has answered request `id` well: a trial that had failed before it was sent was the fault of its rows. Returns a row
 * that is to be parked.
 */
export function provenWell(
  suspicion: Suspicion,
  id: number,
  mayPark: boolean,
): { readonly item: LaneItem; readonly fault: Fault } | undefined {
  if (suspicion.unproven === undefined || id < suspicion.unproven.nextId) return undefined;
  const { fault } = suspicion.unproven;
  suspicion.unproven = undefined;
  if (suspicion.trialMax > 1) {
    suspicion.trialMax = Math.ceil(suspicion.trialMax / 2);
    return undefined;
  }
  suspicion.strikes += 1;
  if (suspicion.strikes < STRIKES_OF_ONE) return undefined;
  suspicion.strikes = 0;
  const item = suspicion.items.shift();
  if (item === undefined) return undefined;
  if (mayPark) return { item, fault };
  // Perhaps the region takes nothing at all: another row is to show it.
  suspicion.vainRounds += 1;
  suspicion.items.push(item);
  return undefined;
}
