import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const packages = fileURLToPath(new URL("../../../packages/", import.meta.url));

/** A name that a module exports, and the module it says it has it from. */
interface Export {
  readonly name: string;
  readonly from: string;
}

/** Everything that a module exports: lists from elsewhere first, then what it declares itself. */
function exportsOf(module: string): readonly Export[] {
  const text = readFileSync(module, "utf8");
  const lists = [...text.matchAll(/^export (?:type )?\{([^}]*)\} from "(\.[^"]+)";/gm)];
  const listed = lists.flatMap(([, names = "", path = ""]) =>
    names
      .split(",")
      .map((item) => item.trim().replace(/^type /, ""))
      .filter((item) => item !== "")
      .map((name) => ({ name, from: join(dirname(module), path) })),
  );
  const declared = [...text.matchAll(/^export (?:abstract |async )?(?:class|const|function|interface|type) (\w+)/gm)];
  return [...listed, ...declared.map(([, name = ""]) => ({ name, from: module }))];
}

/** Whether the docstring ends in the very line above the declaration: a module's header is none of it. */
function isDocumented({ name, from }: Export): boolean {
  const declaration = `export (?:abstract |async )?(?:class|const|function|interface|type) ${name}\\b`;
  return new RegExp(`^/\\*\\*(?:(?!\\*/)[^])*\\*/\\n${declaration}`, "m").test(readFileSync(from, "utf8"));
}

describe.each(readdirSync(packages))("every public export of %s", (name) => {
  const entries = ["index.ts", "effect.ts", "contracts.ts"]
    .map((entry) => join(packages, name, "src", entry))
    .filter(existsSync);

  test("is found", () => {
    const statements = entries.map((entry) => readFileSync(entry, "utf8").match(/^export /gm)?.length ?? 0);
    expect(statements.every((count) => count > 0)).toBe(true);
    expect(entries.flatMap(exportsOf).length).toBeGreaterThanOrEqual(statements.reduce((sum, count) => sum + count, 0));
  });

  test("has its docstring", () => {
    const bare = entries.flatMap(exportsOf).filter((exported) => !isDocumented(exported));
    expect(bare.map((exported) => `${exported.name} in ${exported.from.slice(packages.length)}`)).toEqual([]);
  });
});
