import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./temporary-folder.ts";

export interface StartedDemo {
  readonly child: ChildProcess;
  readonly end: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
  /** What it has put into its temporary folder. */
  readonly files: () => readonly string[];
  /** Ids of the sidecars that run now on its behalf. */
  readonly sidecars: () => readonly number[];
}

/** Starts a demo that has a temporary folder of its own, so that what it leaves behind can be told from anything else. */
export function startDemo(args: readonly string[]): StartedDemo {
  const folder = temporaryFolder();
  const env = { ...process.env, TMPDIR: folder, NO_COLOR: "1" };
  const child = spawn(process.execPath, ["--conditions=@rsync/source", ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { stdout, stderr } = child;
  const code = new Promise<number | null>((resolve) => child.once("close", resolve));
  onTestFinished(() => void child.kill("SIGTERM"));
  const end = Promise.all([code, text(stdout), text(stderr)]).then(([code, stdout, stderr]) => ({
    code,
    stdout,
    stderr,
  }));
  return { child, end, files: () => readdirSync(folder), sidecars: () => processesNaming(folder) };
}

/** Processes whose command line names the folder. */
function processesNaming(folder: string): readonly number[] {
  return execFileSync("ps", ["-A", "-o", "pid=,command="], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(folder))
    .map((line) => Number.parseInt(line, 10));
}
