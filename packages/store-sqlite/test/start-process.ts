import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Node's arguments for a file of this folder, run from sources. */
export function nodeArguments(file: string, ...more: string[]): string[] {
  return ["--conditions=@rsync/source", fileURLToPath(new URL(file, import.meta.url)), ...more];
}

/** A child process whose lines of output can be waited for. */
export interface RunningProcess {
  readonly child: ChildProcess;
  /** Every line that came so far. */
  readonly lines: string[];
  /** Resolves once that many lines have come, or the process has ended. */
  readonly linesReached: (count: number) => Promise<void>;
  readonly ended: Promise<void>;
}

export function startProcess(command: string, argv: readonly string[], options: SpawnOptions = {}): RunningProcess {
  const child = spawn(command, argv, { stdio: ["ignore", "pipe", "inherit"], ...options });
  const lines: string[] = [];
  let waiting: (() => void)[] = [];
  const wake = () => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  let over = false;
  void ended.then(() => {
    over = true;
    wake();
  });
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      wake();
    });
  }
  const linesReached = async (count: number): Promise<void> => {
    while (lines.length < count && !over) {
      await new Promise<void>((resolve) => {
        waiting = [...waiting, resolve];
      });
    }
  };
  return { child, lines, linesReached, ended };
}
