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
  /** The last trial failed, and nothing has shown since that the region is well. */
  unproven: boolean;
  /** Others have had their turn since the last trial. */
  due: boolean;
}

/** A row is parked after so many failures that were its own. */
const STRIKES_OF_ONE = 3;

/** Sets rows apart that were in a request together; the region is to show first that it is well. */
export function suspect(before: Suspicion | undefined, items: readonly LaneItem[]): Suspicion {
  if (before === undefined) {
    return {
      items: [...items],
      trialMax: Math.max(1, Math.ceil(items.length / 2)),
      strikes: 0,
      unproven: false,
      due: false,
    };
  }
  before.items.push(...items);
  return before;
}

/** The rows to be tried now: taken out, and given back by {@link trialFailed} where they fail. */
export function takeTrial(suspicion: Suspicion, receiptsMax: number): LaneItem[] {
  suspicion.due = false;
  const trial: LaneItem[] = [];
  const ids = new Set<string>();
  for (const item of suspicion.items) {
    const { receiptId } = item.row.record;
    if (trial.length >= Math.min(suspicion.trialMax, receiptsMax) || ids.has(receiptId)) break;
    ids.add(receiptId);
    trial.push(item);
  }
  suspicion.items.splice(0, trial.length);
  suspicion.trialMax = trial.length;
  return trial;
}

/** A trial failed. `poisonous`: in a way that its rows could be the cause of. */
export function trialFailed(suspicion: Suspicion, items: readonly LaneItem[], poisonous: boolean): void {
  suspicion.items.unshift(...items);
  suspicion.unproven = poisonous;
}

/** Some of a trial was taken: what is left may be tried in larger parts again. */
export function trialPassed(suspicion: Suspicion): void {
  suspicion.strikes = 0;
  suspicion.unproven = false;
  suspicion.trialMax = Math.max(1, Math.min(suspicion.trialMax * 2, Math.ceil(suspicion.items.length / 2)));
}

/** The region has shown that it is well: a failed trial was the fault of its rows. Returns a row that is to be parked. */
export function provenWell(
  suspicion: Suspicion,
  mayPark: boolean,
): { readonly item: LaneItem; readonly fault: Fault } | undefined {
  if (!suspicion.unproven) return undefined;
  suspicion.unproven = false;
  if (suspicion.trialMax > 1) {
    suspicion.trialMax = Math.ceil(suspicion.trialMax / 2);
    return undefined;
  }
  suspicion.strikes += 1;
  if (suspicion.strikes < STRIKES_OF_ONE) return undefined;
  suspicion.strikes = 0;
  const item = suspicion.items.shift();
  if (item?.fault === undefined) return undefined;
  if (mayPark) return { item, fault: item.fault };
  // Perhaps the region takes nothing at all: another row is to show it.
  suspicion.items.push(item);
  return undefined;
}
