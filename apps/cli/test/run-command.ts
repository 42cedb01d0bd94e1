import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";

// Every run is a process of its own, and many test files run at once.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** Arguments of node that run the command from its sources. */
export const commandArgs = ["--conditions=@rsync/source", main] as const;

export interface CommandEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Runs `receipt-sync ARGS...` as a process, as a script would. */
export async function runCommand(args: readonly string[], options: RunOptions = {}): Promise<CommandEnd> {
  const child = spawn(process.execPath, [...commandArgs, ...args], {
    env: { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, ...options.env },
    cwd: options.cwd,
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => {}); // it may end before it has read everything
  child.stdin.end(options.input ?? "");
  const code = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

/** The last line of an output, as JSON. */
export function lastJson(output: string): unknown {
  return JSON.parse(output.trimEnd().split("\n").at(-1) ?? "");
}
