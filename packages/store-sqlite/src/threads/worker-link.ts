import { Worker } from "node:worker_threads";
import type { StoreProblem } from "../file/store-problem.ts";
import { type Answer, type Envelope, NOTICE, type WorkerRole } from "./messages.ts";

export type Reached<Reply> =
  | { readonly kind: "replied"; readonly reply: Reply }
  | { readonly kind: "failed"; readonly problem: StoreProblem };

export interface WorkerLinkOptions {
  readonly role: WorkerRole["rsyncStoreThread"];
  /** Where it is not the file beside the sources or the build. */
  readonly workerUrl: URL | undefined;
  /** A problem that nobody asked about: the thread died, or work in the background failed. */
  readonly onNotice: (problem: StoreProblem) => void;
}

/** A thread of a store, seen from the one that owns it. It keeps the process alive only while an answer is outstanding. */
export class WorkerLink<Request, Reply> {
  readonly #options: WorkerLinkOptions;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (reached: Reached<Reply>) => void>();
  readonly #ended: Promise<void>;
  #requests = NOTICE;
  #finishing = false;
  #death: StoreProblem | undefined;

  /** Starts the thread. */
  constructor(options: WorkerLinkOptions) {
    this.#options = options;
    this.#worker = spawnWorker(options);
    this.#worker.unref();
    this.#worker.on("message", (answer: Answer<Reply>) => this.#receive(answer));
    this.#worker.on("error", (error) => this.#die(error instanceof Error ? error.message : String(error)));
    this.#ended = new Promise((resolve) => {
      this.#worker.on("exit", (code) => {
        this.#die(`exit code ${code}`);
        resolve();
      });
    });
  }

  /** Resolves with the answer to this request. Never rejects: a thread that died answers everything with `failed`. */
  ask(request: Request): Promise<Reached<Reply>> {
    if (this.#death !== undefined) return Promise.resolve({ kind: "failed", problem: this.#death });
    this.#requests += 1;
    const message: Envelope<Request> = { number: this.#requests, request };
    return new Promise((resolve) => {
      this.#waiting.set(message.number, resolve);
      this.#worker.ref();
      this.#worker.postMessage(message);
    });
  }

  /** Asks one last thing and resolves once the thread has ended. */
  async finish(request: Request): Promise<Reached<Reply>> {
    this.#finishing = true;
    const last = await this.ask(request);
    await this.#ended;
    return last;
  }

  #receive(answer: Answer<Reply>): void {
    if (answer.number === NOTICE) {
      if ("problem" in answer) this.#options.onNotice(answer.problem);
    } else if ("problem" in answer) this.#settle(answer.number, { kind: "failed", problem: answer.problem });
    else this.#settle(answer.number, { kind: "replied", reply: answer.reply });
  }

  #settle(number: number, reached: Reached<Reply>): void {
    const resolve = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (this.#waiting.size === 0 && !this.#finishing) this.#worker.unref();
    resolve?.(reached);
  }

  #die(reason: string): void {
    this.#death ??= { kind: "failed", message: `The ${this.#options.role} thread of the receipt log ended: ${reason}` };
    const problem = this.#death;
    for (const number of [...this.#waiting.keys()]) this.#settle(number, { kind: "failed", problem });
    if (!this.#finishing) this.#options.onNotice(problem);
  }
}

function spawnWorker(options: WorkerLinkOptions): Worker {
  const workerData: WorkerRole = { rsyncStoreThread: options.role };
  if (options.workerUrl !== undefined) return new Worker(options.workerUrl, { workerData });
  // Sources run as they are (Node strips the types) and then need our other packages as sources too.
  if (import.meta.url.endsWith(".ts")) {
    return new Worker(new URL(`../${options.role}-worker.ts`, import.meta.url), {
      workerData,
      execArgv: ["--conditions=@rsync/source"],
    });
  }
  return new Worker(new URL(`./${options.role}-worker.js`, import.meta.url), { workerData });
}
