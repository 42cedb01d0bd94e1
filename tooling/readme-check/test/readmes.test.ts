import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type SeedOnlyPeer, seedOnlyPeer } from "@rsync/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const packages = fileURLToPath(new URL("../../../packages/", import.meta.url));

let west: SeedOnlyPeer;
let files: string;
beforeAll(async () => {
  west = await seedOnlyPeer();
  files = mkdtempSync(join(tmpdir(), "readme-check-"));
});
afterAll(async () => {
  await west.close();
  rmSync(files, { recursive: true, force: true });
});

function snippetsOf(name: string): readonly string[] {
  const readme = readFileSync(join(packages, name, "README.md"), "utf8");
  return [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = ""]) => code);
}

/** What the comments behind `console.log(...)` promise; nothing where one of them has no comment. */
function promisedOutput(code: string): string | undefined {
  const printed = code.split("\n").filter((line) => line.startsWith("console.log("));
  const comments = printed.map((line) => /\); \/\/ (.*)$/.exec(line)?.[1]);
  return comments.includes(undefined) ? undefined : comments.map((comment) => `${comment}\n`).join("");
}

/** Where the reader's own region and folder would stand, there is one of this machine. */
function onThisMachine(code: string): string {
  return code.replaceAll("http://replica-west.example.com", west.endpoint).replaceAll("/var/lib/receipts", files);
}

describe.each(readdirSync(packages))("the README of %s", (name) => {
  const snippets = snippetsOf(name).filter((code) => !code.includes("./program.ts"));
  test("has something to try", () => expect(snippets.length).toBeGreaterThan(0));
  test.each(snippets.map((snippet, index) => [index + 1, snippet] as const))(
    "snippet %i runs and prints what it says",
    async (_, snippet) => {
      const args = ["--conditions=@rsync/source", "--input-type=module-typescript", "--eval", onThisMachine(snippet)];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: join(packages, name) });
      const promised = promisedOutput(snippet);
      if (promised !== undefined) expect(stdout).toBe(promised);
    },
  );
});
