import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { seedOnlyPeer } from "@rsync/testkit";
import { expect, onTestFinished, test } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const snippets = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = ""]) => code);

test("every snippet of the README prints what it says, with a region of this machine", async () => {
  const peer = await seedOnlyPeer();
  onTestFinished(() => peer.close());
  const outputs = await Promise.all(
    snippets.map(async (snippet) => {
      const code = snippet.replace("http://replica-west.example.com", peer.endpoint);
      const args = ["--conditions=@rsync/source", "--input-type=module-typescript", "--eval", code];
      return (await promisify(execFile)(process.execPath, args, { cwd: folder })).stdout;
    }),
  );
  const promised = snippets.map((snippet) => `${/console\.log.*\/\/ (.*)/.exec(snippet)?.[1]}\n`);
  expect(outputs).toEqual(promised);
});
