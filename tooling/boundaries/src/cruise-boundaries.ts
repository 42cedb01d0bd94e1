import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { boundaries } from "./layers.ts";

export interface BoundaryReport {
  /** How many files of this repository were looked at; a cruise that finds nothing would find no fault either. */
  readonly modules: number;
  /** One line per forbidden import. */
  readonly violations: readonly string[];
}

/** Follows every import of every workspace under `root` and names those that cross a boundary. */
export async function cruiseBoundaries(root: string): Promise<BoundaryReport> {
  const folders = ["packages", "apps", "tooling"]
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
    .flatMap((workspace) => [`${workspace}/src`, `${workspace}/test`])
    .filter((folder) => existsSync(join(root, folder)));
  const result = await cruise(
    folders,
    {
      baseDir: root,
      validate: true,
      ruleSet: boundaries,
      tsPreCompilationDeps: true,
      doNotFollow: { path: "node_modules" },
      exclude: { path: "(^|/)dist/" },
    },
    {
      exportsFields: ["exports"],
      conditionNames: ["@rsync/source", "types", "import", "node", "default"],
      extensions: [".ts", ".mts", ".js", ".mjs", ".json", ".d.ts"],
    },
  );
  const { modules, summary } = result.output as ICruiseResult;
  return {
    modules: modules.filter((module) => /^(packages|apps|tooling)\//.test(module.source)).length,
    violations: summary.violations.map(({ rule, from, to, cycle }) => {
      const path = cycle === undefined ? to : cycle.map(({ name }) => name).join(" -> ");
      const why = boundaries.forbidden?.find(({ name }) => name === rule.name)?.comment ?? "";
      return `${rule.name}: ${from} -> ${path}\n    ${why}`;
    }),
  };
}
