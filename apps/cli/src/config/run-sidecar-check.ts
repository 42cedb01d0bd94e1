import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** The installed sidecar's program: its sources in a checkout, its bundle anywhere else. */
export function sidecarProgram(): string {
  return fileURLToPath(import.meta.resolve("@rsync/sidecar/main"));
}

/** This process' environment without the variables that would change a sidecar's configuration. */
export function environmentWithoutKeys(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("RSYNC_")));
}

export interface SidecarCheck {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `receipt-sidecar --check --json`: the one program that knows every key of its file. The file alone is checked. */
export async function runSidecarCheck(path: string): Promise<SidecarCheck> {
  const child = spawn(
    process.execPath,
    [...process.execArgv, sidecarProgram(), "--config", path, "--check", "--json"],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: environmentWithoutKeys(),
    },
  );
  const exited = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
  const [exitCode, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
  return { exitCode, stdout, stderr };
}
