import { byTurn, type TurnTaker, turnsOf } from "@rsync/core";
import type { LaneLimits } from "./parts.ts";

/** A lane, as far as it takes turns with others. */
export interface TakesTurns {
  readonly inFlight: number;
  readonly turnTaker: () => TurnTaker;
  /** Others have left a turn. */
  readonly wake: () => void;
}

/** The limit that is shared, and the largest windows that a lane has of its own. */
type TurnLimits = Pick<LaneLimits, "requestsInFlightMax" | "windowMax" | "singlesWindowMax">;

/** Shares a limit of requests among the lanes of a manager, those of the lowest priority numbers first (DESIGN §5). */
export class Turns {
  readonly #lanes: ReadonlyMap<string, TakesTurns>;
  readonly #limits: () => TurnLimits;

  constructor(lanes: ReadonlyMap<string, TakesTurns>, limits: () => TurnLimits) {
    this.#lanes = lanes;
    this.#limits = limits;
  }

  /** Requests that a lane may have in flight now. */
  of(lane: TakesTurns): number {
    const { requestsInFlightMax, windowMax, singlesWindowMax } = this.#limits();
    const left = requestsInFlightMax - (this.#inFlight() - lane.inFlight) - this.#lanes.size;
    // Nearly always: as much as any lane wants, whatever the others are waiting for.
    if (left >= windowMax && left >= singlesWindowMax) return left;
    const others = [...this.#lanes.values()].filter((other) => other !== lane).map((other) => other.turnTaker());
    return turnsOf(lane.turnTaker(), others, requestsInFlightMax);
  }

  /** A lane has a request less in flight: where the limit kept others waiting, they go on. */
  left(lane: TakesTurns): void {
    if (this.#inFlight() + this.#lanes.size + 1 < this.#limits().requestsInFlightMax) return;
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
