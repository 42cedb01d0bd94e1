import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const folder = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const snippets = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = ""]) => code);

async function outputOf(code = ""): Promise<string> {
  const args = ["--conditions=@rsync/source", "--input-type=module-typescript", "--eval", code];
  return (await run(process.execPath, args, { cwd: folder })).stdout;
}

test("every snippet of the README runs as printed", async () => {
  const outputs = await Promise.all(snippets.map(outputOf));
  expect(outputs).toEqual(["200 1\n", "[]\n"]);
});
