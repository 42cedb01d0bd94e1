import type { Fault } from "../../src/evidence/fault.ts";
import type { FailureTreatment, ItemOutcome } from "../../src/lane/lane-event.ts";
import { CONFLICT, INTERNAL, NOT_FOUND, TOO_LARGE } from "./lane-parts.ts";

/** What a region can do, and can not. */
export interface RegionTraits {
  /** Own rows, counted from 0 in the order of the log, that it answers with `poisonFault`. */
  readonly poison: readonly number[];
  readonly poisonFault: Fault;
  /** A poisonous row fails alone, and not the whole request. */
  readonly poisonsItems: boolean;
  /** Receipts in a request beyond which it answers 413. */
  readonly receiptsMax: number;
  /** It answers 404 where batches go. */
  readonly takesBatches: boolean;
}

/** What a lane begins with. */
export interface WorldStart {
  readonly owed: number;
  readonly foreign?: number;
  readonly region?: Partial<RegionTraits>;
}

export const WELL: RegionTraits = {
  poison: [],
  poisonFault: INTERNAL,
  poisonsItems: false,
  receiptsMax: Number.POSITIVE_INFINITY,
  takesBatches: true,
};

export type Answer =
  | { readonly kind: "failed"; readonly fault: Fault; readonly treatment: FailureTreatment }
  | { readonly kind: "replied"; readonly outcomes: readonly (ItemOutcome | undefined)[] };

/** What a region with these traits says to a request of these positions. */
export function answerOf(
  traits: RegionTraits,
  positions: readonly number[],
  isPoison: (position: number) => boolean,
  refuses: (position: number) => boolean,
): Answer {
  const { poisonFault, poisonsItems, receiptsMax, takesBatches } = traits;
  if (positions.length > 1 && !takesBatches) return { kind: "failed", fault: NOT_FOUND, treatment: "singles" };
  if (positions.length > receiptsMax) return { kind: "failed", fault: TOO_LARGE, treatment: "split" };
  if (!poisonsItems && positions.some(isPoison)) return { kind: "failed", fault: poisonFault, treatment: "retry" };
  return {
    kind: "replied",
    outcomes: positions.map((position) => {
      if (isPoison(position)) return { kind: "failed", fault: poisonFault };
      return refuses(position) ? { kind: "refused", fault: CONFLICT } : { kind: "acknowledged" };
    }),
  };
}

/** Whether rows may be the cause; `undefined` stands for a reply without a word about them. */
export function mayBeTheRows(fault: Fault | undefined): boolean {
  return fault === undefined || fault.kind === "timeout" || (fault.kind === "status" && fault.status === 500);
}
