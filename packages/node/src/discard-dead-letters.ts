import { checkSelection } from "./check-selection.ts";
import type { Engine } from "./engine.ts";
import * as lines from "./log-lines.ts";
import { rfc3339 } from "./rfc3339.ts";
import {
  actOnDeadLetters,
  type DeadLetterActOptions,
  type DeadLetterSelection,
  type SelectedDeadLetters,
} from "./select-dead-letters.ts";

const OPTIONS: ReadonlySet<string> = new Set<keyof DeadLetterActOptions>(["dryRun"]);

/** Marks what is selected as given up. Nothing is deleted, and a refusal still counts as one (DESIGN §8). */
export async function discardDeadLetters(
  engine: Engine,
  selection: DeadLetterSelection,
  options: DeadLetterActOptions,
): Promise<SelectedDeadLetters> {
  checkSelection(selection, options, OPTIONS);
  const { store, clock, logger } = engine.around;
  return actOnDeadLetters(engine, selection, options, async (regionId, letters) => {
    await store.markDeadLetters(letters, "discarded", rfc3339(clock.wallMs()));
    logger(lines.deadLettersDiscarded(regionId, letters.length));
  });
}
