import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Everything that a demo leaves in the system while it runs: one folder and its processes. Whatever ends the demo, one
 * call takes all of it away, and from then on nothing new can come.
 */
export class DemoWorkspace {
  readonly #processes = new Set<ChildProcess>();
  readonly #onExit = () => this.#removeNow();
  readonly #failure = Promise.withResolvers<never>();
  #folder: string | undefined;
  #closed = false;

  constructor() {
    process.once("exit", this.#onExit); // however the process ends by itself
    this.#failure.promise.catch(() => {}); // nobody may be waiting for it yet
    this.#folder = mkdtempSync(join(tmpdir(), "receipt-sync-demo-"));
  }

  /** A path inside the folder. */
  path(name: string): string {
    return join(this.#openFolder(), name);
  }

  /** Starts a process that belongs to the demo. */
  adopt(start: () => ChildProcess): ChildProcess {
    this.#openFolder();
    const child = start();
    this.#processes.add(child);
    child.once("exit", () => this.#processes.delete(child));
    return child;
  }

  /** Rejects when one of the processes has ended that should not have. */
  get failure(): Promise<never> {
    return this.#failure.promise;
  }

  /** A process has ended of which nobody wanted that. */
  fail(error: Error): void {
    if (!this.#closed) this.#failure.reject(error);
  }

  /** Kills every process, waits for their ends, and removes the folder. */
  async remove(): Promise<void> {
    this.#closed = true;
    const ends = [...this.#processes].map((child) => new Promise((resolve) => child.once("exit", resolve)));
    for (const child of this.#processes) child.kill("SIGKILL");
    await Promise.all(ends);
    this.#removeNow();
    process.off("exit", this.#onExit);
  }

  #openFolder(): string {
    if (this.#closed || this.#folder === undefined) throw new Error("the demo is over");
    return this.#folder;
  }

  #removeNow(): void {
    this.#closed = true;
    for (const child of this.#processes) child.kill("SIGKILL");
    // A process that is dying may still make its last file: then the folder is not empty at first.
    if (this.#folder !== undefined)
      rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 25 });
    this.#folder = undefined;
  }
}
