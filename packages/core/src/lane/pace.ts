/** How large may a request be, so that a region that comes back, or that is busy, is not knocked over again? */

/** The bounds of a lane's requests. */
export interface PaceRules {
  /** Receipts that one request carries at most. */
  readonly receiptsPerRequestMax: number;
  /** A backlog request that takes this much longer than the quickest is a sign that the region, or this one, is busy. */
  readonly backlogDelayMs: number;
  /** Beside live receipts the backlog rests so long for each of its own that it has sent. */
  readonly besideLiveRestMs: number;
}

/** Grows by doubling with each success and halves with each sign of trouble: additive growth would take minutes to catch up. */
export interface Pace {
  /** Receipts per request, whatever they are. */
  readonly receiptsMax: number;
  /** Receipts per request of the backlog, which can wait where live ones can not. */
  readonly backlogMax: number;
  /** The shortest round trip of late: what the distance alone costs. */
  readonly quickestMs: number;
}

/** What a lane begins with: it has no reason to be careful yet. The backlog grows to full size by itself. */
export function fullPace({ receiptsPerRequestMax }: PaceRules): Pace {
  const backlogMax = Math.min(BACKLOG_BEGIN, receiptsPerRequestMax);
  return { receiptsMax: receiptsPerRequestMax, backlogMax, quickestMs: Number.POSITIVE_INFINITY };
}

const BACKLOG_BEGIN = 32;

/** However slow a region is, requests of so many receipts are no burden of their own. */
const RECEIPTS_MIN = 8;

/** Of the quickest, with each answer: a longer route is the rule after some hundred answers, and no sign of trouble any more. */
const FORGETTING = 1.005;

/**
 * Receipts in one request of the backlog. Beside live ones no more than eighty, or thirty for each millisecond of the round trip:
 * whoever takes many at once keeps live ones waiting meanwhile, and only distance makes that worth it.
 */
export function backlogReceiptsMax({ backlogMax, quickestMs }: Pace, besideLive: boolean): number {
  return besideLive
    ? Math.min(backlogMax, Math.max(BESIDE_LIVE_RECEIPTS, Math.floor(quickestMs * BESIDE_LIVE_RECEIPTS_PER_MS)))
    : backlogMax;
}

const BESIDE_LIVE_RECEIPTS = 80;
const BESIDE_LIVE_RECEIPTS_PER_MS = 30;

/**
 * When the backlog may have its next request beside live ones, after one of so many receipts. Up to a millisecond of rest is put off
 * and comes with a later one: timers are no finer, and a region that takes one receipt per request would wait for each of them.
 */
export function backlogAgainAtMs(
  beforeMs: number,
  receipts: number,
  { besideLiveRestMs }: PaceRules,
  nowMs: number,
): number {
  return Math.max(beforeMs, nowMs - REST_PUT_OFF_MS) + receipts * besideLiveRestMs;
}

const REST_PUT_OFF_MS = 1;

/** A live receipt so long ago says that others may come at any moment. */
const LIVE_FOR_MS = 1_000;

export function isBesideLive(liveAtMs: number, nowMs: number): boolean {
  return nowMs - liveAtMs < LIVE_FOR_MS;
}

/** A request of the lane failed: 429 or 503 among them. */
export function paceAfterFailure(pace: Pace): Pace {
  return { ...pace, receiptsMax: halved(pace.receiptsMax), backlogMax: halved(pace.backlogMax) };
}

/** A request was answered after so long. */
export function paceAfterAnswer(pace: Pace, kind: "backlog" | "other", tookMs: number, rules: PaceRules): Pace {
  const { receiptsPerRequestMax, backlogDelayMs } = rules;
  const quickestMs = Math.min(pace.quickestMs * FORGETTING, tookMs);
  const receiptsMax = Math.min(pace.receiptsMax * 2, receiptsPerRequestMax);
  if (kind === "other") {
    return receiptsMax === pace.receiptsMax && quickestMs === pace.quickestMs
      ? pace
      : { ...pace, receiptsMax, quickestMs };
  }
  const busy = tookMs > 2 * quickestMs + backlogDelayMs;
  const backlogMax = busy ? halved(pace.backlogMax) : Math.min(pace.backlogMax * 2, receiptsPerRequestMax);
  return { receiptsMax, backlogMax, quickestMs };
}

function halved(receipts: number): number {
  return Math.max(Math.floor(receipts / 2), Math.min(receipts, RECEIPTS_MIN));
}
