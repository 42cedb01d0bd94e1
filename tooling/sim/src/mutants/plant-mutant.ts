/** Changes one source as it is loaded in this thread. Nothing is written, and what was loaded before stays as it is. */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import type { Mutant } from "./mutant.ts";

const root = new URL("../../../../", import.meta.url);

/** Throws where the mutant does not fit its source any more. */
export function plantMutant(mutant: Mutant): void {
  const { href } = new URL(mutant.file, root);
  const source = mutate(mutant);
  registerHooks({
    load: (url, context, next) =>
      url === href ? { format: "module-typescript", source, shortCircuit: true } : next(url, context),
  });
}

/** The source with the bug in it. */
export function mutate({ name, file, find, replace }: Mutant): string {
  const source = readFileSync(new URL(file, root), "utf8");
  const places = source.split(find).length - 1;
  if (places !== 1) throw new Error(`Mutant "${name}" fits ${places} places of ${file}; it must be exactly one`);
  return source.replace(find, () => replace);
}
