import type { Options } from "tsup";

/**
 * A package that others import: one ES module per entry, dependencies left outside, declarations made by `tsc`.
 *
 * The entries are `src/index.ts` and every `src/*-worker.ts`, because a worker thread is started by its file: the
 * bundle has it beside `index.js` as the sources have it beside `index.ts`.
 */
export function library(options: {
  readonly platform: "neutral" | "node";
  /** Subpaths of the package beside its index, such as `effect`: each is `src/SUBPATH.ts`. What they share is one file. */
  readonly subpaths?: readonly string[];
}): Options {
  const { subpaths = [] } = options;
  return {
    entry: ["src/index.ts", "src/*-worker.ts", ...subpaths.map((subpath) => `src/${subpath}.ts`)],
    format: ["esm"],
    target: "node24",
    platform: options.platform,
    dts: false, // tsup's own declarations crash under TypeScript 7
    removeNodeProtocol: false, // otherwise node:sqlite becomes "sqlite", which does not exist
    sourcemap: true,
    splitting: subpaths.length > 0,
    clean: true,
  };
}
