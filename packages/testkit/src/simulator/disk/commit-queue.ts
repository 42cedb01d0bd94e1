/** Group commit: whatever arrives while one transaction is being made durable goes into the next. */
import { type AppendResult, type MemoryLog, StoreError } from "@rsync/core";
import type { Disk } from "./disk.ts";
import { carryOut, type JournalCommand } from "./journal.ts";
import type { StoreHost } from "./store-host.ts";

interface Commit {
  readonly command: JournalCommand;
  readonly resolve: (results: readonly AppendResult[]) => void;
  readonly reject: (error: StoreError) => void;
}

/** The one writer of a model store. `log` shows a command only once its transaction is durable (I3). */
export class CommitQueue {
  readonly #disk: Disk;
  readonly #log: MemoryLog;
  readonly #host: StoreHost;
  readonly #failure = Promise.withResolvers<StoreError>();
  #waiting: Commit[] = [];
  #running: Promise<void> | undefined;
  #failed: StoreError | undefined;

  constructor(disk: Disk, log: MemoryLog, host: StoreHost) {
    this.#disk = disk;
    this.#log = log;
    this.#host = host;
  }

  get failure(): Promise<StoreError> {
    return this.#failure.promise;
  }

  /** Resolves once the command is durable; rejects where it is not and will not be. */
  commit(command: JournalCommand): Promise<readonly AppendResult[]> {
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    const { promise, resolve, reject } = Promise.withResolvers<readonly AppendResult[]>();
    this.#waiting.push({ command, resolve, reject });
    this.#running ??= this.#run();
    return promise;
  }

  /** Resolves when nothing is under way. */
  async drain(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    // The commits of one turn share a transaction also when the disk is idle.
    await Promise.resolve();
    while (this.#waiting.length > 0 && this.#failed === undefined) {
      const commits = this.#waiting;
      this.#waiting = [];
      await this.#commit(commits);
    }
    this.#running = undefined;
  }

  async #commit(commits: readonly Commit[]): Promise<void> {
    const { wait, dead, reached, speed, draw } = this.#host;
    const { writeMs, fsyncMs } = speed();
    if (reached("beforeWrite")) return wait(0);
    await wait(draw.number(writeMs));
    if (dead()) return wait(0);
    if (
      this.#disk.write(
        commits.map(({ command }) => command),
        draw,
      ) === "full"
    ) {
      for (const { reject } of commits) reject(new StoreError("full", "The disk is full; nothing was stored"));
      return;
    }
    if (reached("afterWrite")) return wait(0);
    await wait(draw.number(fsyncMs));
    if (dead()) return wait(0);
    if (this.#disk.fsync(draw) === "failed") return this.#fail(commits);
    if (reached("afterFsync")) return wait(0);
    for (const { command, resolve } of commits) resolve(carryOut(this.#log, command));
  }

  /** What is on disk now is not known any more: this opening acknowledges nothing further (DESIGN §9). */
  #fail(commits: readonly Commit[]): void {
    const error = new StoreError("failed", "An fsync failed: nothing more is acknowledged; open the store again");
    this.#failed = error;
    for (const { reject } of [...commits, ...this.#waiting]) reject(error);
    this.#waiting = [];
    this.#failure.resolve(error);
  }
}
