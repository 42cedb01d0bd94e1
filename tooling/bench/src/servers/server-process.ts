import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { endWithBench } from "../regions/end-with-bench.ts";

export interface ServerPlan {
  readonly program: string;
  readonly args: readonly string[];
  /** Who it runs as, where that is not who runs the bench. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** The signal that asks it to end in good order. */
  readonly stopSignal?: NodeJS.Signals | undefined;
}

const LINES_KEPT = 50;
const POLL_MS = 20;
const READY_MS_MAX = 60_000;

/** A foreign server as a child of the bench: ends with it, and what it said last is told when it fails. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #plan: ServerPlan;
  readonly #lines: string[] = [];
  readonly #exited: Promise<unknown>;

  constructor(plan: ServerPlan) {
    this.#plan = plan;
    const child = spawn(plan.program, [...plan.args], { stdio: ["ignore", "pipe", "pipe"], ...plan.user, cwd: "/" });
    this.#child = child;
    endWithBench(child);
    this.#exited = once(child, "exit");
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on("line", (line) => {
        this.#lines.push(line);
        if (this.#lines.length > LINES_KEPT) this.#lines.shift();
      });
    }
  }

  /** Resolves when `isReady` does so with true; an `isReady` that rejects is asked again. */
  async ready(isReady: () => Promise<boolean>): Promise<void> {
    const untilMs = performance.now() + READY_MS_MAX;
    let trouble: unknown;
    while (performance.now() < untilMs && this.#child.exitCode === null) {
      try {
        if (await isReady()) return;
      } catch (error) {
        trouble = error;
      }
      await sleep(POLL_MS);
    }
    throw new Error(`${this.#plan.program} did not get ready:\n${this.#lines.join("\n")}`, { cause: trouble });
  }

  async stop(): Promise<void> {
    this.#child.kill(this.#plan.stopSignal ?? "SIGTERM");
    await this.#exited;
  }
}
