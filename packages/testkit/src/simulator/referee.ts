/** Shows every observation to every checker; the first that objects ends the run. */
import { bounds } from "./checkers/bounds.ts";
import { committedIsHeld } from "./checkers/committed-is-held.ts";
import { cursorStands } from "./checkers/cursor-stands.ts";
import { doubtStays } from "./checkers/doubt-stays.ts";
import { durableBeforeSpoken } from "./checkers/durable-before-spoken.ts";
import { evidenceWasHeard } from "./checkers/evidence-was-heard.ts";
import { healthyQuorumCommits } from "./checkers/healthy-quorum-commits.ts";
import { honestLetters } from "./checkers/honest-letters.ts";
import { honestRefusals } from "./checkers/honest-refusals.ts";
import { newsIsHeard } from "./checkers/news-is-heard.ts";
import { newsIsTold } from "./checkers/news-is-told.ts";
import { nothingLost } from "./checkers/nothing-lost.ts";
import { oneContentPerId } from "./checkers/one-content-per-id.ts";
import { replacedStaysReplaced } from "./checkers/replaced-stays-replaced.ts";
import { selfKnowledge } from "./checkers/self-knowledge.ts";
import { smallerAfterTooLarge } from "./checkers/smaller-after-too-large.ts";
import { successorWasTold } from "./checkers/successor-was-told.ts";
import { travelTogether } from "./checkers/travel-together.ts";
import type { Checker, MakeChecker, Observation, WorldView } from "./observation.ts";
import type { Violation } from "./violation.ts";

/** All of them: in the order in which they are asked, those that name a cause before those that see an effect. */
const CHECKERS: readonly MakeChecker[] = [
  durableBeforeSpoken,
  oneContentPerId,
  selfKnowledge,
  replacedStaysReplaced,
  doubtStays,
  successorWasTold,
  cursorStands,
  evidenceWasHeard,
  committedIsHeld,
  honestRefusals,
  honestLetters,
  nothingLost,
  newsIsTold,
  newsIsHeard,
  healthyQuorumCommits,
  travelTogether,
  smallerAfterTooLarge,
  bounds,
];

export class Referee {
  readonly #world: WorldView;
  readonly #checkers: readonly Checker[];
  readonly #stop: () => void;
  #violation: Violation | undefined;

  constructor(world: WorldView, stop: () => void) {
    this.#world = world;
    this.#checkers = CHECKERS.map((make) => make());
    this.#stop = stop;
  }

  get violation(): Violation | undefined {
    return this.#violation;
  }

  see(observation: Observation): void {
    if (this.#violation !== undefined) return;
    for (const { name, observe } of this.#checkers) {
      const detail = observe(observation, this.#world);
      if (detail === undefined) continue;
      this.object(name, detail);
      return;
    }
  }

  /** Something that shows itself only to whoever runs the simulation. */
  object(checker: string, detail: string): void {
    this.#violation ??= { checker, detail, atMs: this.#world.nowMs() };
    this.#stop();
  }
}
