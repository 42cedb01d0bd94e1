import { byTurn, type TurnTaker, turnsOf } from "@rsync/core";

/** A lane, as far as it takes turns with others. */
export interface TakesTurns {
  readonly inFlight: number;
  readonly turnTaker: () => TurnTaker;
  /** Others have left a turn. */
  readonly wake: () => void;
}

/** Shares a limit of requests among the lanes of a manager, those of the lowest priority numbers first (DESIGN §5). */
export class Turns {
  readonly #lanes: ReadonlyMap<string, TakesTurns>;
  readonly #requestsMax: () => number;

  constructor(lanes: ReadonlyMap<string, TakesTurns>, requestsMax: () => number) {
    this.#lanes = lanes;
    this.#requestsMax = requestsMax;
  }

  /** Requests that a lane may have in flight now. */
  of(lane: TakesTurns): number {
    const requestsMax = this.#requestsMax();
    const inFlight = this.#inFlight();
    // Nobody has been kept waiting then, so that only the limit itself counts.
    if (inFlight + this.#lanes.size < requestsMax) return requestsMax - inFlight + lane.inFlight;
    const others = [...this.#lanes.values()].filter((other) => other !== lane).map((other) => other.turnTaker());
    return turnsOf(lane.turnTaker(), others, requestsMax);
  }

  /** A lane has a request less in flight: where the limit kept others waiting, they go on. */
  left(lane: TakesTurns): void {
    if (this.#inFlight() + this.#lanes.size + 1 < this.#requestsMax()) return;
    const waiting = [...this.#lanes.values()]
      .filter((other) => other !== lane)
      .map((other) => ({ other, taker: other.turnTaker() }))
      .filter(({ taker }) => taker.waiting)
      .sort((left, right) => byTurn(left.taker, right.taker));
    for (const { other } of waiting) other.wake();
  }

  #inFlight(): number {
    let inFlight = 0;
    for (const lane of this.#lanes.values()) inFlight += lane.inFlight;
    return inFlight;
  }
}
