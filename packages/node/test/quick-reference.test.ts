/** Can the quick reference be followed line by line? Its snippets become one program, in the order of the page. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { seedOnlyPeer } from "@rsync/testkit";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../../", import.meta.url));
const pageAt = (path: string): string => readFileSync(join(root, path), "utf8");
const page = pageAt("docs/quick-reference.md");
const blocks = (language: string, text = page): readonly string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(([, code = ""]) => code);

/** What later snippets use is declared at the top level; every other snippet is a scope of its own. */
function isShared(code: string): boolean {
  return code.includes("const manager = ") || code.includes("const receipt: ");
}

function programOf(snippets: readonly string[]): string {
  const isImport = (line: string): boolean => /^import .* from ".*";$/.test(line);
  const lines = snippets.map((code) => code.split("\n"));
  const imports = new Set(lines.flatMap((code) => code.filter(isImport)));
  const bodies = lines.map((code) => {
    const body = code.filter((line) => !isImport(line)).join("\n");
    return isShared(body) ? body : `{\n${body}}\n`;
  });
  return [...imports, ...bodies, "await manager.close();", ""].join("\n");
}

/** Outside the repository, with the packages where an installation has them. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "quick-reference-"));
  mkdirSync(join(folder, "node_modules/@rsync"), { recursive: true });
  for (const name of ["core", "node", "store-sqlite"]) {
    symlinkSync(join(root, "packages", name), join(folder, "node_modules/@rsync", name));
  }
  symlinkSync(join(root, "packages/node/node_modules/@types"), join(folder, "node_modules/@types"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every snippet type-checks, those of the README too", { timeout: 60_000 }, async () => {
  writeFileSync(join(folder, "snippets.ts"), programOf(blocks("ts")));
  const ofReadme = blocks("ts", pageAt("README.md"));
  expect(ofReadme.length).toBeGreaterThan(1);
  for (const [index, code] of ofReadme.entries()) writeFileSync(join(folder, `readme-${index}.ts`), code);
  const compilerOptions = { types: ["node"], noEmit: true };
  const config = { extends: join(root, "tsconfig.base.json"), compilerOptions, include: ["*.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
  const checked = run(process.execPath, [join(typescript, "bin/tsc"), "-p", folder]).catch(({ stdout }) => ({
    stdout,
  }));
  expect((await checked).stdout).toBe("");
});

test("every snippet runs, against regions of this machine that speak the original protocol", {
  timeout: 60_000,
}, async () => {
  const [west, eu] = await Promise.all([seedOnlyPeer(), seedOnlyPeer()]);
  onTestFinished(async () => void (await Promise.all([west.close(), eu.close()])));
  const program = programOf(blocks("ts"))
    .replaceAll("http://replica-west.example.com", west.endpoint)
    .replaceAll("http://replica-eu.example.com", eu.endpoint);
  writeFileSync(join(folder, "run.ts"), program);
  const { stdout, stderr } = await run(process.execPath, ["--conditions=@rsync/source", "run.ts"], { cwd: folder });
  expect(stderr).toBe("");
  expect(stdout).toMatch(/\[ '127\.0\.0\.1:\d+' \]/); // an address stays an address; the page's name becomes replica-west
  expect(stdout).toContain("Receipt consensus reached across regions");
  expect(stdout).toContain("Regions: 1/1 available\nQuorum: OK");
  const [, success = ""] = blocks("text");
  const messages = (text: string): readonly string[] => text.match(/(?<=Z )[A-Z]+: .*/g) ?? [];
  for (const message of messages(success)) expect(messages(stdout)).toContain(message);
  expect(west.received("rec-123").length).toBeGreaterThan(0);
});
