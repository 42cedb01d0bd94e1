import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inspectTarball } from "../src/inspect-tarball.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inspect-tarball-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const goodManifest = {
  name: "example",
  version: "1.0.0",
  license: "MIT",
  type: "module",
  exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
};

const goodFiles = {
  LICENSE: "MIT\n",
  "README.md": "# example\n",
  "dist/index.js": "export const one = 1;\n",
  "dist/index.d.ts": "export declare const one: number;\n",
};

function inspect(manifest: object, files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const everything = { "package.json": JSON.stringify({ ...goodManifest, ...manifest }), ...files };
  for (const [name, text] of Object.entries(everything)) {
    const path = join(folder, "package", name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const path = join(folder, "example.tgz");
  execFileSync("tar", ["-czf", path, "-C", folder, "package"]);
  return inspectTarball({ name: "example", path });
}

test("a good package has no problem", async () => {
  expect(await inspect({}, goodFiles)).toEqual([]);
});

test("sources and tests stay at home, licence and readme do not", async () => {
  const files = { "dist/index.js": "", "dist/index.d.ts": "export {};\n", "src/index.ts": "", "test/a.test.ts": "" };
  expect(await inspect({}, files)).toEqual([
    "LICENSE is missing",
    "README.md is missing",
    "src/index.ts has no place in a package",
    "test/a.test.ts has no place in a package",
    expect.stringMatching(/^publint: .*internal tests/),
  ]);
});

test("what only the repository can resolve is found", async () => {
  const exports = { ".": { "@rsync/source": "./dist/index.js", ...goodManifest.exports["."] } };
  const problems = await inspect({ exports, dependencies: { a: "workspace:^", b: "catalog:" } }, goodFiles);
  expect(problems).toContain("exports lead to sources");
  expect(problems).toContain("a is asked for as workspace:^");
  expect(problems).toContain("b is asked for as catalog:");
});

test("publint's findings count", async () => {
  const problems = await inspect({ bin: { example: "./dist/main.js" } }, goodFiles);
  expect(problems).toEqual([expect.stringMatching(/^publint: .*dist\/main\.js/)]);
});

test("attw's findings count", async () => {
  const files = { ...goodFiles, "dist/index.d.ts": 'export * from "./nowhere";\n' };
  expect(await inspect({}, files)).toEqual([expect.stringMatching(/^attw:/)]);
});
