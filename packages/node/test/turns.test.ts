import { describe, expect, it } from "vitest";
import { type TakesTurns, Turns } from "../src/turns.ts";

const LIMITS = { requestsInFlightMax: 4, windowMax: 4, singlesWindowMax: 4 };

interface Fake {
  readonly priority: number;
  inFlight: number;
  readonly waiting: boolean;
}

/** Lanes that note when they are told that a turn is free. */
function lanesOf(fakes: Readonly<Record<string, Fake>>) {
  const woken: string[] = [];
  const lanes = new Map<string, TakesTurns>();
  for (const [name, fake] of Object.entries(fakes)) {
    lanes.set(name, {
      get inFlight() {
        return fake.inFlight;
      },
      turnTaker: () => ({ priority: fake.priority, inFlight: fake.inFlight, waiting: fake.waiting }),
      wake: () => woken.push(name),
    });
  }
  const named = (name: string): TakesTurns => {
    const lane = lanes.get(name);
    if (lane === undefined) throw new Error(`no lane ${name}`);
    return lane;
  };
  return { turns: new Turns(lanes, () => LIMITS), named, woken };
}

describe("requests shared among lanes", () => {
  it("tells those that wait when a request of another ends, the lowest priority number first, then who has least", () => {
    const { turns, named, woken } = lanesOf({
      slow: { priority: 1, inFlight: 0, waiting: true },
      full: { priority: 1, inFlight: 1, waiting: true },
      first: { priority: 0, inFlight: 1, waiting: true },
      idle: { priority: 0, inFlight: 0, waiting: false },
      ended: { priority: 0, inFlight: 1, waiting: true },
    });
    turns.left(named("ended"));
    expect(woken).toEqual(["first", "slow", "full"]);
  });

  it("disturbs nobody as long as the limit kept nobody waiting", () => {
    const { turns, named, woken } = lanesOf({
      other: { priority: 0, inFlight: 0, waiting: true },
      ended: { priority: 0, inFlight: 0, waiting: false },
    });
    turns.left(named("ended"));
    expect(woken).toEqual([]);
  });

  it("leaves a lane what the others have not taken, and always one", () => {
    const { turns, named } = lanesOf({
      mine: { priority: 0, inFlight: 0, waiting: true },
      other: { priority: 0, inFlight: 1, waiting: false },
      greedy: { priority: 0, inFlight: 4, waiting: false },
    });
    expect([turns.of(named("greedy")), turns.of(named("mine"))]).toEqual([3, 1]);
  });
});
