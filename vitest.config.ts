import { existsSync, readdirSync } from "node:fs";
import { defineConfig } from "vitest/config";

/** Tests run from sources: no build is needed, and a change in one package is seen by all. */
const sourceConditions = ["@rsync/source", "module", "node", "development|production"];

const workspaces = ["packages", "apps", "tooling"]
  .flatMap((folder) => readdirSync(new URL(folder, import.meta.url)).map((name) => `${folder}/${name}`))
  .filter((workspace) => existsSync(new URL(`${workspace}/test`, import.meta.url)));

/** Below its threshold a run fails, also where every test passes. A run of some tests alone would always be below it: CI runs all of core's. */
const isWholeRun = process.env["CI"] !== undefined;

export default defineConfig({
  test: {
    // One worker less than there are cores is the default, on a small machine half of it.
    maxWorkers: "100%",
    projects: workspaces.map((workspace) => ({
      ssr: { resolve: { conditions: sourceConditions } },
      test: {
        name: workspace.slice(workspace.indexOf("/") + 1),
        root: workspace,
        include: ["test/**/*.test.ts"],
        // What a test starts by itself (worker threads, child processes of the same kind) runs sources too.
        execArgv: ["--conditions=@rsync/source"],
        // Ends what hangs. Nothing is to fail because the machine is busy: some tests enumerate for seconds.
        testTimeout: 60_000,
      },
    })),
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts", "apps/*/src/**/*.ts"],
      reporter: ["text-summary", "json-summary"],
      thresholds: isWholeRun ? { "packages/core/src/**": { branches: 98 } } : {},
    },
  },
});
