import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cruiseBoundaries } from "../src/cruise-boundaries.ts";

/** A repository of our shape, small enough to plant one forbidden import at a time. */
let root = "";

const packages = {
  "packages/core": { dependencies: { zod: "1" } },
  "packages/transport-http": { dependencies: { "@rsync/core": "1" } },
  "packages/store-sqlite": { dependencies: { "@rsync/core": "1" }, devDependencies: { zod: "1" } },
  "packages/node": { dependencies: { "@rsync/core": "1", "@rsync/transport-http": "1", "@rsync/store-sqlite": "1" } },
  "packages/testkit": { dependencies: { "@rsync/core": "1", zod: "1" } },
  "apps/sidecar": { devDependencies: { "@rsync/node": "1" } },
  "apps/cli": { dependencies: { "@rsync/sidecar": "1", "@rsync/core": "1" } },
  "tooling/ci": {},
};

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "boundaries-")));
  write("package.json", "{}");
  write("node_modules/zod/package.json", JSON.stringify({ name: "zod", exports: { ".": "./index.js" } }));
  write("node_modules/zod/index.js", "export const z = 1;");
  mkdirSync(join(root, "node_modules/@rsync"));
  for (const [folder, dependencies] of Object.entries(packages)) {
    const name = `@rsync/${folder.split("/")[1]}`;
    const exports = { ".": { "@rsync/source": "./src/index.ts", default: "./dist/index.js" } };
    write(`${folder}/package.json`, JSON.stringify({ name, type: "module", exports, ...dependencies }));
    write(`${folder}/src/index.ts`, "export const here = 1;\n");
    symlinkSync(join(root, folder), join(root, "node_modules", name));
  }
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

async function brokenRules(): Promise<readonly string[]> {
  const { violations } = await cruiseBoundaries(root);
  return [...new Set(violations.map((violation) => violation.slice(0, violation.indexOf(":"))))].sort();
}

test("the imports that the design draws are allowed", async () => {
  write("packages/core/src/schema.ts", 'import { z } from "zod";\nimport "./index.ts";\nexport const it = z;\n');
  write("packages/transport-http/src/pool.ts", 'import "node:http";\nexport { here } from "@rsync/core";\n');
  write("packages/node/src/manager.ts", 'import "@rsync/core";\nexport {};\n');
  write("packages/node/src/with-http-transport.ts", 'import "@rsync/core";\nimport "@rsync/transport-http";\n');
  write("packages/node/test/manager.test.ts", 'import "../src/manager.ts";\nimport "@rsync/store-sqlite";\n');
  write("packages/testkit/src/peer.ts", 'import "node:http";\nimport "@rsync/core";\n');
  write("apps/sidecar/src/main.ts", 'import "@rsync/node";\n');
  const report = await cruiseBoundaries(root);
  expect(report.violations).toEqual([]);
  expect(report.modules).toBe(15);
});

test.each([
  ["core-imports-zod-alone", "packages/core/src/bad.ts", 'import "node:fs";'],
  ["core-imports-zod-alone", "packages/core/src/bad.ts", 'import type {} from "@rsync/testkit";'],
  ["seams-know-core-alone", "packages/transport-http/src/bad.ts", 'import "@rsync/node";'],
  ["seams-know-core-alone", "packages/store-sqlite/src/bad.ts", 'import "@rsync/transport-http";'],
  ["node-knows-core-alone", "packages/node/src/bad.ts", 'import "@rsync/transport-http";'],
  ["node-knows-core-alone", "packages/node/src/bad.ts", 'import "@rsync/store-sqlite";'],
  ["node-default-is-the-http-transport", "packages/node/src/with-http-transport.ts", 'import "@rsync/store-sqlite";'],
  ["testkit-knows-core-alone", "packages/testkit/src/bad.ts", 'import "@rsync/node";'],
  ["testkit-needs-vitest-alone", "packages/testkit/src/bad.ts", 'import "zod";'],
  ["packages-know-no-app", "packages/node/test/bad.test.ts", 'import "@rsync/sidecar";'],
  ["apps-know-no-other-app", "apps/cli/src/bad.ts", 'import "@rsync/sidecar";'],
  ["products-know-no-tooling", "apps/cli/src/bad.ts", 'import "@rsync/ci";'],
  ["packages-meet-through-exports", "packages/node/test/bad.test.ts", 'import "../../core/src/index.ts";'],
  ["imports-resolve", "packages/node/test/bad.test.ts", 'import "@rsync/core/src/index.ts";'],
  ["imports-resolve", "packages/node/src/bad.ts", 'import "./nowhere.ts";'],
  ["dependencies-are-declared", "packages/node/src/bad.ts", 'import "zod";'],
  ["published-code-needs-no-dev-dependency", "packages/store-sqlite/src/bad.ts", 'import "zod";'],
])("%s: %s with %s", async (rule, path, text) => {
  write(path, `${text}\n`);
  expect(await brokenRules()).toContain(rule);
});

test("no-circles: two files that import each other", async () => {
  write("packages/core/src/a.ts", 'import "./b.ts";\n');
  write("packages/core/src/b.ts", 'import "./a.ts";\n');
  expect(await brokenRules()).toEqual(["no-circles"]);
});
