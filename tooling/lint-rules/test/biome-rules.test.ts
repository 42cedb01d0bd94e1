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
  const rules = ["time-and-chance", "network"].map((name) => `tooling/lint-rules/${name}.grit`);
  for (const path of ["biome.json", ".gitignore", ...rules]) {
    cpSync(join(repository, path), join(root, path));
  }
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The rules of the repository's own biome.json that each of these files breaks, by path. One run for all of them. */
function brokenRulesOf(files: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  for (const [path, source] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${source}\n`);
  }
  const options = ["lint", "--max-diagnostics=none", "--colors=off"];
  const run = spawnSync(process.execPath, [biome, ...options, ...files.keys()], { cwd: root, encoding: "utf8" });
  for (const path of files.keys()) rmSync(join(root, path));
  const output = run.stdout + run.stderr;
  expect(output).toMatch(new RegExp(`Checked ${files.size} files? `));
  const found = [...output.matchAll(/^(\S+):\d+:\d+ (\S+) .*━$/gm)];
  const rulesOf = (file: string) => found.flatMap(([, path, rule = ""]) => (path === file ? [rule] : []));
  return new Map([...files.keys()].map((path) => [path, [...new Set(rulesOf(path))].sort()]));
}

/** The rules that `source` breaks when it stands at `path`. */
function brokenRules(path: string, source: string): readonly string[] {
  return brokenRulesOf(new Map([[path, source]])).get(path) ?? [];
}

/** Those of the sources that break no rule, each as a file of this name in a folder of its own. */
function accepted(sources: readonly string[], folder: string, name: string): readonly string[] {
  const files = new Map(sources.map((source, index) => [`${folder}/case-${index}/${name}`, source]));
  return [...brokenRulesOf(files)].flatMap(([path, rules]) => (rules.length === 0 ? [files.get(path) ?? ""] : []));
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
  "export const wait = (flag: Int32Array) => Atomics.wait(flag, 0, 0, 5);",
  "export const signal = AbortSignal.timeout(5);",
  'export const at = Date["now"]();',
  "export const at = Temporal.Now.instant();",
  "const { now, parse } = Date;\nexport const at = [now, parse];",
  "const { setTimeout: later } = globalThis;\nexport const wait = (f: () => void) => later(f, 5);",
  "export const id = crypto.randomUUID();",
  'export { randomUUID } from "node:crypto";',
  'import { randomBytes } from "node:crypto";\nexport const bytes = randomBytes(4);',
  'import * as crypto from "node:crypto";\nexport const bytes = crypto.randomBytes(4);',
  'import { generateKeyPairSync } from "node:crypto";\nexport const pair = generateKeyPairSync("ed25519");',
  'export * from "node:crypto";',
  'export const bytes = async () => (await import("node:crypto")).randomBytes(4);',
  'export const bytes = process.getBuiltinModule("node:crypto").randomBytes(4);',
  'import { hrtime } from "node:process";\nexport const at = hrtime();',
  'import process from "node:process";\nexport const at = process.hrtime();',
  'import { uptime } from "node:os";\nexport const at = uptime();',
  'import { setTimeout as sleep } from "node:timers/promises";\nexport const wait = () => sleep(5);',
  'import { performance as clock } from "node:perf_hooks";\nexport const at = clock.now();',
];

test("I10: no package reads time or chance", () => {
  expect(accepted(timeAndChance, "packages/node/src", "manager.ts")).toEqual([]);
});

test.each([
  ["packages/node/src", "system-clock.ts"],
  ["packages/node/src", "system-random.ts"],
  ["packages/node/test", "manager.test.ts"],
])("I10: the named edges and the tests do: %s/%s", (folder, name) => {
  expect(accepted(timeAndChance, folder, name)).toEqual(timeAndChance);
});

test("I10: a name is no reading", () => {
  const source = [
    "interface Clock { setTimeout(delay: number): void }",
    "export const arm = (clock: Clock, performance: number) => clock.setTimeout(performance);",
    "export const day = new Date(0);",
    'export { createHash } from "node:crypto";',
    'import { hash } from "node:crypto";',
    'export const digest = (text: string) => hash("sha256", text);',
    "export const { min, max } = { min: Math.min(1, 2), max: Math.max(1, 2) };",
  ].join("\n");
  expect(brokenRules("packages/node/src/manager.ts", source)).toEqual([]);
});

const networkGlobals = [
  'export const reply = fetch("http://b.example");',
  'export const reply = globalThis.fetch("http://b.example");',
  'export const socket = new WebSocket("ws://b.example");',
  'export const events = new EventSource("http://b.example");',
];

const networkModules = [
  'import { createServer } from "node:http";\nexport const server = createServer();',
  'import { createServer as make, type Server } from "node:http";\nexport const made: Server = make();',
  'import * as net from "node:net";\nexport const socket = net.connect(80);',
  'import https from "node:https";\nexport const request = https.get("https://b.example");',
  'import { Client } from "undici";\nexport const client = new Client("http://b.example");',
  'import * as FetchHttpClient from "effect/http/FetchHttpClient";\nexport const layer = FetchHttpClient.layer;',
  'import "node:tls";',
  'export { lookup } from "node:dns";',
  'export * from "node:dgram";',
  'export * as http2 from "node:http2";',
  'export const load = () => import("node:net");',
  'export const loaded = process.getBuiltinModule("node:net");',
];

test.each(["manager.ts", "system-clock.ts"])("I10: no package reaches the network: %s", (name) => {
  expect(accepted([...networkGlobals, ...networkModules], "packages/node/src", name)).toEqual([]);
});

test.each([
  "packages/transport-http/src/region-connections.ts",
  "packages/testkit/src/loopback-server.ts",
  "packages/testkit/src/submit-as-seed.ts",
  "apps/sidecar/src/main.ts",
  "packages/node/test/manager.test.ts",
])("I10: the named edges, the apps and the tests do: %s", (path) => {
  expect(brokenRules(path, networkModules.join("\n"))).toEqual([]);
});

test("I10: an edge is a file, not its name", () => {
  const source = 'import "node:net";';
  expect(brokenRules("packages/node/src/region-connections.ts", source)).toEqual(["plugin"]);
});

test("I10: the types and the words of the network are not the network", () => {
  const source = [
    'import type { IncomingHttpHeaders } from "node:http";',
    'export type { Dispatcher } from "undici";',
    "interface Peer { fetch(path: string): Promise<Response> }",
    "export const read = (peer: Peer, headers: IncomingHttpHeaders) => peer.fetch(String(headers.host));",
    'export const words = ["node:net", "undici"].join(", ");',
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
