import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
const require = createRequire(import.meta.url);
const biome = require.resolve("@biomejs/biome/bin/biome");

/** An empty repository that is linted as this one is. */
let root = "";

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "lint-rules-"));
  for (const path of ["biome.json", ".gitignore", "tooling/lint-rules/time-and-chance.grit"]) {
    cpSync(join(repository, path), join(root, path));
  }
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The rules of the repository's own biome.json that `source` breaks when it stands at `path`. */
function brokenRules(path: string, source: string): readonly string[] {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), `${source}\n`);
  const run = spawnSync(process.execPath, [biome, "lint", path], { cwd: root, encoding: "utf8" });
  rmSync(join(root, path));
  const output = run.stdout + run.stderr;
  expect(output).toContain("Checked 1 file");
  const rules = [...output.matchAll(/^\S+:\d+:\d+ (\S+) .*━$/gm)].map(([, rule]) => rule ?? "");
  return [...new Set(rules)].sort();
}

const timeAndChance = [
  "export const at = Date.now();",
  "export const clock = Date.now;",
  "export const at = new Date();",
  "export const at = new Date;",
  "export const { now } = Date;",
  "export const at = performance.now();",
  "export const chance = Math.random();",
  "export const wait = (f: () => void) => setTimeout(f, 5);",
  "export const wait = (f: () => void) => globalThis.setTimeout(f, 5);",
  "export const wait = (f: () => void) => setInterval(f, 5);",
  "export const signal = AbortSignal.timeout(5);",
  "export const id = crypto.randomUUID();",
  'export { randomUUID } from "node:crypto";',
  'import { randomBytes } from "node:crypto";\nexport const bytes = randomBytes(4);',
  'import { setTimeout as sleep } from "node:timers/promises";\nexport const wait = () => sleep(5);',
  'import { performance as clock } from "node:perf_hooks";\nexport const at = clock.now();',
];

test.each(timeAndChance)("I10: no package reads time or chance: %s", (source) => {
  expect(brokenRules("packages/node/src/manager.ts", source)).not.toEqual([]);
});

test.each(timeAndChance)("I10: the named edges and the tests do: %s", (source) => {
  expect(brokenRules("packages/node/src/system-clock.ts", source)).toEqual([]);
  expect(brokenRules("packages/node/src/system-random.ts", source)).toEqual([]);
  expect(brokenRules("packages/node/test/manager.test.ts", source)).toEqual([]);
});

test("I10: a name is no reading", () => {
  const source = [
    "interface Clock { setTimeout(delay: number): void }",
    "export const arm = (clock: Clock, performance: number) => clock.setTimeout(performance);",
    "export const day = new Date(0);",
    'export { createHash } from "node:crypto";',
  ].join("\n");
  expect(brokenRules("packages/node/src/manager.ts", source)).toEqual([]);
});

test("the Effect barrel is refused, its modules are not", () => {
  const barrel = 'import { Effect } from "effect";\nexport const one = Effect.succeed(1);';
  const module = 'import * as Effect from "effect/Effect";\nexport const one = Effect.succeed(1);';
  expect(brokenRules("packages/node/src/manager.ts", barrel)).toEqual(["lint/style/noRestrictedImports"]);
  expect(brokenRules("packages/node/src/system-clock.ts", barrel)).toEqual(["lint/style/noRestrictedImports"]);
  expect(brokenRules("packages/node/src/manager.ts", module)).toEqual([]);
});

test("core imports no Node built-in", () => {
  const source = 'export { readFileSync } from "node:fs";';
  expect(brokenRules("packages/core/src/receipt.ts", source)).toEqual(["lint/correctness/noNodejsModules"]);
});

test("a promise that nobody awaits is refused", () => {
  const source = "async function work(): Promise<void> {}\nwork();";
  expect(brokenRules("packages/node/src/manager.ts", source)).toEqual(["lint/nursery/noFloatingPromises"]);
});
