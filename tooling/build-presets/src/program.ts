import type { Options } from "tsup";

/**
 * A command that people run, with its dependencies left outside, to be installed beside it: `src/main.ts` looks at the version of
 * Node and imports nothing, and the command itself is `src/run-command.ts` beside it.
 */
export function program(): Options {
  return {
    entry: ["src/main.ts", "src/run-command.ts"],
    format: ["esm"],
    target: "node24",
    platform: "node",
    dts: false,
    removeNodeProtocol: false, // otherwise node:sqlite becomes "sqlite", which does not exist
    sourcemap: true,
    splitting: false,
    clean: true,
  };
}

/**
 * A command that needs nothing installed beside it. Worker threads of what it bundles have a file of their own,
 * `src/*-worker.ts`: a thread holds all of its file in memory, and the whole command is some MiB.
 */
export function standaloneProgram(): Options {
  return {
    ...program(),
    entry: ["src/main.ts", "src/run-program.ts", "src/*-worker.ts"],
    noExternal: [/.*/],
    sourcemap: false, // three times the bundle, which is not minified
    // CommonJS dependencies (undici) call require for Node's own modules, which an ES module has not.
    banner: {
      js: 'import { createRequire as createRequireForBundle } from "node:module"; const require = createRequireForBundle(import.meta.url);',
    },
  };
}
