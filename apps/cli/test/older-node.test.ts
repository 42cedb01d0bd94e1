import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { sidecarProgram } from "../src/config/run-sidecar-check.ts";

const programs = [
  ["receipt-sync", fileURLToPath(new URL("../src/main.ts", import.meta.url))],
  ["receipt-sidecar", sidecarProgram()],
] as const;

/** Runs before it, and makes this Node out to be another. */
const pretends = (version: string): string =>
  `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"${version}"}})`;

describe.each(programs)("%s", (name, main) => {
  const run = (version: string, ...args: readonly string[]) =>
    spawnSync(process.execPath, ["--conditions=@rsync/source", "--import", pretends(version), main, ...args], {
      encoding: "utf8",
    });

  it.each(["20.20.2", "23.11.0"])("on Node %s says which one it needs, and nothing else", (version) => {
    const ended = run(version);
    expect(ended).toMatchObject({ status: 1, stdout: "" });
    expect(ended.stderr).toBe(`${name} needs Node 24 or later; this is ${version} (${process.execPath})\n`);
  });

  it("starts on the one that it needs", () => {
    expect(run("24.0.0", "--version")).toMatchObject({ status: 0, stderr: "" });
  });
});
