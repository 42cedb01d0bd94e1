import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** Runs before it, and makes this Node out to be another. */
const pretends = (version: string): string =>
  `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"${version}"}})`;

it.each(["20.20.2", "23.11.0"])("on Node %s it says which one it needs, and nothing else", (version) => {
  const ended = spawnSync(process.execPath, ["--conditions=@rsync/source", "--import", pretends(version), main], {
    encoding: "utf8",
  });
  expect(ended).toMatchObject({ status: 1, stdout: "" });
  expect(ended.stderr).toBe(`receipt-sidecar needs Node 24 or later; this is ${version} (${process.execPath})\n`);
});

it("starts on the one that it needs", () => {
  const args = ["--conditions=@rsync/source", "--import", pretends("24.0.0"), main, "--version"];
  expect(spawnSync(process.execPath, args, { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
});
