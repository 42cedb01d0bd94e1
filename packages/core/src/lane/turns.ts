/** Which lane may send next, where all of them together have reached a limit? */

/** What is asked of each lane. */
export interface TurnTaker {
  /** Lower comes first (DESIGN §5, `regions[].priority`). */
  readonly priority: number;
  /** Requests in flight. */
  readonly inFlight: number;
  /** It would send more, were it allowed to. */
  readonly waiting: boolean;
}

/**
 * Requests that a lane may have in flight, so that all together have `requestsMax`, and what is free goes to the lanes of the
 * lowest priority numbers first. Every lane may always have one, whatever the others do: a region whose requests hang takes
 * from another its speed at most, never its delivery (I9).
 */
export function turnsOf(lane: TurnTaker, others: Iterable<TurnTaker>, requestsMax: number): number {
  let left = requestsMax;
  for (const other of others) {
    left -= other.inFlight;
    if (other.waiting && other.priority < lane.priority) left -= 1;
  }
  return Math.max(1, left);
}

/** In which order lanes that wait are told that a request has ended: the lowest priority numbers first, then who has least. */
export function byTurn(left: TurnTaker, right: TurnTaker): number {
  return left.priority - right.priority || left.inFlight - right.inFlight;
}
