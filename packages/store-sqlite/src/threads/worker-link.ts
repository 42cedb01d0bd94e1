import { Worker } from "node:worker_threads";
import type { StoreProblem } from "../file/store-problem.ts";
import { type Answer, type Envelope, NOTICE, type WorkerRole } from "./messages.ts";

/** A running thread of a store, seen from the thread that owns the store. */
export interface WorkerLink<Request, Reply> {
  /** Resolves with the answer to this request. Never rejects: a thread that died answers everything with `failed`. */
  readonly ask: (request: Request) => Promise<Reached<Reply>>;
  /** Asks one last thing and resolves once the thread has ended. */
  readonly finish: (request: Request) => Promise<Reached<Reply>>;
}

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

/** Starts a thread. It keeps the process alive only while an answer is outstanding. */
export function startWorker<Request, Reply>(options: WorkerLinkOptions): WorkerLink<Request, Reply> {
  const worker = spawnWorker(options);
  const waiting = new Map<number, (reached: Reached<Reply>) => void>();
  const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<void>();
  let requests = NOTICE;
  let finishing = false;
  let death: StoreProblem | undefined;

  const settle = (number: number, reached: Reached<Reply>): void => {
    const resolve = waiting.get(number);
    waiting.delete(number);
    if (waiting.size === 0 && !finishing) worker.unref();
    resolve?.(reached);
  };
  worker.unref();
  worker.on("message", (answer: Answer<Reply>) => {
    if (answer.number === NOTICE) {
      if ("problem" in answer) options.onNotice(answer.problem);
    } else if ("problem" in answer) settle(answer.number, { kind: "failed", problem: answer.problem });
    else settle(answer.number, { kind: "replied", reply: answer.reply });
  });
  const die = (reason: string): void => {
    death ??= { kind: "failed", message: `The ${options.role} thread of the receipt log ended: ${reason}` };
    const problem = death;
    for (const number of [...waiting.keys()]) settle(number, { kind: "failed", problem });
    if (!finishing) options.onNotice(problem);
  };
  worker.on("error", (error) => die(error instanceof Error ? error.message : String(error)));
  worker.on("exit", (code) => {
    die(`exit code ${code}`);
    resolveEnded();
  });

  const ask = (request: Request): Promise<Reached<Reply>> => {
    if (death !== undefined) return Promise.resolve({ kind: "failed", problem: death });
    requests += 1;
    const message: Envelope<Request> = { number: requests, request };
    const { promise, resolve } = Promise.withResolvers<Reached<Reply>>();
    waiting.set(message.number, resolve);
    worker.ref();
    worker.postMessage(message);
    return promise;
  };
  return {
    ask,
    finish: async (request) => {
      finishing = true;
      const last = await ask(request);
      await ended;
      return last;
    },
  };
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
