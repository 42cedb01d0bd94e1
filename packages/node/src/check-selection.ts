import { InvalidOptionsError } from "./errors.ts";
import { refuseUnknownOptions } from "./refuse-unknown-options.ts";
import type { DeadLetterSelection } from "./select-dead-letters.ts";

const KEYS: Readonly<Record<DeadLetterSelection["kind"], ReadonlySet<string>>> = {
  one: new Set(["kind", "regionId", "receiptId", "digest", "committed"]),
  all: new Set(["kind", "regionId", "letterKind"]),
  since: new Set(["kind", "since", "regionId", "letterKind"]),
};

/**
 * What is acted on can not be taken back: from JavaScript, a misspelt key must not pass for one that was left out, which would mean
 * more than was meant. Throws {@link InvalidOptionsError}.
 */
export function checkSelection(selection: DeadLetterSelection, options: object, optionKeys: ReadonlySet<string>): void {
  const keys = Object.hasOwn(KEYS, selection.kind) ? KEYS[selection.kind] : undefined;
  if (keys === undefined) {
    throw new InvalidOptionsError("kind", `must be "one", "all" or "since", not ${JSON.stringify(selection.kind)}`);
  }
  refuseUnknownOptions(selection, keys);
  refuseUnknownOptions(options, optionKeys);
  if (selection.kind === "one") {
    requireText("regionId", selection.regionId);
    requireText("receiptId", selection.receiptId);
    return;
  }
  const { letterKind } = selection;
  if (letterKind === undefined || letterKind === "refused" || letterKind === "poison") return;
  throw new InvalidOptionsError("letterKind", `must be "refused" or "poison", not ${JSON.stringify(letterKind)}`);
}

function requireText(option: string, value: unknown): void {
  if (typeof value !== "string") throw new InvalidOptionsError(option, "must be given");
}
