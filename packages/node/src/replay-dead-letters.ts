import type { DeadLetter, LogRow } from "@rsync/core";
import type { Engine } from "./engine.ts";
import { buriedRow } from "./list-dead-letters.ts";
import { rfc3339 } from "./rfc3339.ts";
import {
  actOnDeadLetters,
  type DeadLetterActOptions,
  type DeadLetterSelection,
  type SelectedDeadLetters,
} from "./select-dead-letters.ts";

/**
 * Sends what is selected once more, behind everything else, and resolves when each of it was answered, failed, or will not be sent
 * any more. What the region takes is resolved; a discarded one that is replayed is open again, because somebody wants it after all.
 */
export async function replayDeadLetters(
  engine: Engine,
  selection: DeadLetterSelection,
  options: DeadLetterActOptions,
): Promise<SelectedDeadLetters> {
  const { store, clock } = engine.around;
  return actOnDeadLetters(engine, selection, options, async (regionId, letters) => {
    const discarded = letters.filter(({ status }) => status === "discarded");
    if (discarded.length > 0) await store.markDeadLetters(discarded, "open", rfc3339(clock.wallMs()));
    await engine.lanes.get(regionId)?.replay(await rowsOf(engine, letters));
  });
}

function rowsOf(engine: Engine, letters: readonly DeadLetter[]): Promise<readonly LogRow[]> {
  return Promise.all(letters.map((letter) => buriedRow(engine.around.store, letter)));
}
