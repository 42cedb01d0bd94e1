/** What goes wrong with a region's server while its process and its disk are well: old versions, limits, poison, carelessness. */
import type { Draw } from "../draw.ts";
import { BATCH_MUDDLES } from "../network/item-lies.ts";
import type { Quirks } from "../network/quirks.ts";
import type { FaultKind } from "./fault-kind.ts";

/** How one fault of a server ends. */
export interface ServerFault {
  /** So many times the usual while. */
  readonly times: number;
  readonly end: () => void;
  /** Whoever was turned away last may stay away for so long. */
  readonly restMs: number;
}

/** As far from the newest receipt as this one may be that becomes poison: one that is on its way, or one of the next. */
const POISON_FROM = -2;
const POISON_TO = 4;

/** Poison that is cured while anything else may still fail; half of the rest is there for ever. */
const CURED_EARLY = 0.3;

/** Seconds are usual, minutes are not; more than the five that are honoured is rare. */
const RETRY_AFTER_MS = [50, 50, 1_000, 1_000, 10_000, 10_000, 400_000] as const;

/** `undefined` where it is no fault of a server. */
export function strikeServer(
  kind: FaultKind,
  quirks: Quirks,
  draw: Draw,
  receiptsSoFar: number,
): ServerFault | undefined {
  switch (kind) {
    case "poison":
      return poison(quirks, draw, receiptsSoFar);
    case "oldVersion": {
      const before = quirks.batchPath;
      quirks.batchPath = draw.pick([404, 405] as const);
      return ending(3, () => {
        quirks.batchPath = before;
      });
    }
    case "smallBatches":
      quirks.batchReceiptsMax = draw.pick([1, 2, 3, 7]);
      return ending(3, () => {
        quirks.batchReceiptsMax = undefined;
      });
    case "busy": {
      const retryAfterMs = draw.pick(RETRY_AFTER_MS);
      quirks.busy = { status: draw.pick([429, 503] as const), retryAfterMs };
      const end = (): void => {
        quirks.busy = undefined;
      };
      return { times: 1, restMs: retryAfterMs, end };
    }
    case "itemTrouble":
      quirks.itemStatus = draw.pick([500, 503] as const);
      return ending(3, () => {
        quirks.itemStatus = undefined;
      });
    case "muddledReplies":
      quirks.muddle = draw.pick(BATCH_MUDDLES);
      return ending(3, () => {
        quirks.muddle = undefined;
      });
    default:
      return undefined;
  }
}

/** Names one receipt; whoever carries it, alone or with others, is answered with 500 or never. */
function poison(quirks: Quirks, draw: Draw, receiptsSoFar: number): ServerFault {
  const receiptId = `rec-${Math.max(1, receiptsSoFar + draw.integer(POISON_FROM, POISON_TO))}`;
  const early = draw.chance(CURED_EARLY);
  quirks.poison.set(receiptId, { kind: draw.pick(["fails", "hangs"] as const), stays: !early && draw.chance(0.5) });
  return ending(early ? 10 : Number.POSITIVE_INFINITY, () => {
    if (quirks.poison.get(receiptId)?.stays !== true) quirks.poison.delete(receiptId);
  });
}

function ending(times: number, end: () => void): ServerFault {
  return { times, end, restMs: 0 };
}
