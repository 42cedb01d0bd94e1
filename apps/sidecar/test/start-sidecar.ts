/** Starts sidecars as processes of their own, from sources, and sees to it that none outlives its test file. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, vi } from "vitest";

// A busy machine takes seconds to start a few processes; what never comes is told all the same.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const sidecarProgram = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** One log line, as it was printed. */
type PrintedLine = Readonly<Record<string, unknown>> & { readonly level: string; readonly msg: string };

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SidecarProcess {
  /** URLs of the two listeners. */
  readonly app: string;
  readonly peer: string;
  readonly lines: () => readonly PrintedLine[];
  /** Resolves with the first line, printed already or to come, with such a message. */
  readonly line: (message: RegExp) => Promise<PrintedLine>;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Sends the signal and waits for the end. */
  readonly end: (name: NodeJS.Signals) => Promise<Exit>;
  readonly exit: Promise<Exit>;
}

const running = new Set<ChildProcess>();

afterAll(async () => {
  for (const child of running) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
});

/** Runs the program to its end: for what never becomes a running sidecar. */
export async function runSidecar(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Exit> {
  return spawnSidecar(args, environment).exit;
}

/** Resolves once it is ready; rejects with what it said when it ended before. */
export async function startSidecar(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  limits?: string,
): Promise<SidecarProcess> {
  const spawned = spawnSidecar(args, environment, { limits });
  const ready = await Promise.race([
    spawned.line(/^ready$/),
    spawned.exit.then(({ stdout, stderr }) => {
      throw new Error(`The sidecar ended before it was ready: ${stderr}${stdout}`);
    }),
  ]);
  return { ...spawned, app: String(ready["app"]), peer: String(ready["peer"]) };
}

interface SpawnOptions {
  /** A shell command that the process is started under, such as `ulimit -f 800`. */
  readonly limits?: string | undefined;
  /** Another file than that of the sidecar. */
  readonly program?: string;
}

/** Starts it and waits for nothing. */
export function spawnSidecar(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  { limits = ":", program = sidecarProgram }: SpawnOptions = {},
): Omit<SidecarProcess, "app" | "peer"> {
  const command = [process.execPath, "--conditions=@rsync/source", program, ...args];
  const child = spawn("sh", ["-c", `${limits}; exec "$@"`, "sh", ...command], {
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const printed: PrintedLine[] = [];
  const texts: string[] = [];
  let stderr = "";
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on("line", (text) => {
    texts.push(text);
    if (text.startsWith('{"')) printed.push(JSON.parse(text));
    for (const look of waiting) look();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const exit = once(child, "close").then(([code, signal]): Exit => {
    running.delete(child);
    return { code, signal, stdout: texts.join("\n"), stderr };
  });
  const signal = (name: NodeJS.Signals): void => {
    child.kill(name);
  };
  return {
    lines: () => printed,
    line: (message) => {
      const { promise, resolve } = Promise.withResolvers<PrintedLine>();
      const look = (): void => {
        const found = printed.find(({ msg }) => message.test(msg));
        if (found !== undefined) {
          waiting.delete(look);
          resolve(found);
        }
      };
      waiting.add(look);
      look();
      return promise;
    },
    signal,
    end: (name) => {
      signal(name);
      return exit;
    },
    exit,
  };
}
