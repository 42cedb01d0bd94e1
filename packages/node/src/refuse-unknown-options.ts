import { InvalidOptionsError } from "./errors.ts";

/** From JavaScript a misspelt option must not pass for one that was left out. Throws {@link InvalidOptionsError}, which names it. */
export function refuseUnknownOptions(options: object, known: ReadonlySet<string>): void {
  for (const option in options) {
    if (known.has(option)) continue;
    throw new InvalidOptionsError(option, `is no option here; there are ${[...known].join(", ")}`);
  }
}
