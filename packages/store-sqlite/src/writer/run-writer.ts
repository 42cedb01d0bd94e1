import type { DatabaseSync } from "node:sqlite";
import type { MessagePort } from "node:worker_threads";
import type { Cursor } from "@rsync/core";
import { classifyProblem } from "../file/classify-problem.ts";
import { openLog } from "../file/open-log.ts";
import { type StoreProblem, StoreProblemError } from "../file/store-problem.ts";
import { markSuspect } from "../file/suspicion.ts";
import { prepareTuples } from "../row/prepare-tuples.ts";
import { answerRequests } from "../threads/answer-requests.ts";
import type { Progress, WriterReply, WriterRequest } from "../threads/messages.ts";
import { CHECKPOINT_LIMITS, type Checkpointer, createCheckpointer } from "./checkpoint.ts";
import { beginOpening, type LogState } from "./log-state.ts";
import { LogWriter } from "./log-writer.ts";

interface OpenWriter {
  readonly writer: LogWriter;
  readonly checkpoint: Checkpointer;
  readonly close: () => void;
  readonly reply: WriterReply;
}

/** The writing thread: the only one that changes the file. */
export function runWriter(port: MessagePort): void {
  const thread = new WriterThread();
  answerRequests<WriterRequest, WriterReply>(port, {
    handle: (request) => thread.handle(request),
    afterwards: () => thread.checkpoint(),
    problemOf: (error) => thread.problemOf(error),
    isLast: (request) => request.kind === "close",
  });
}

class WriterThread {
  #open: OpenWriter | undefined;
  #path = "";
  /** Rows of a transaction that the checkpointer has not heard of yet. */
  #rowsWritten: number | undefined;
  #refusal: StoreProblem | undefined;

  handle(request: WriterRequest): WriterReply {
    switch (request.kind) {
      case "open":
        this.#path = request.log.path;
        this.#open = openWriter(request);
        return this.#open.reply;
      case "write":
        return this.#write(request);
      case "close":
        this.#open?.close();
        return { kind: "closed" };
    }
  }

  #write(request: WriterRequest & { kind: "write" }): WriterReply {
    // I3: after a failed write or fsync nothing that this opening could say about the disk can be relied on.
    if (this.#refusal !== undefined) throw new StoreProblemError(this.#refusal.kind, this.#refusal.message);
    if (this.#open === undefined) throw new Error("the log is not open");
    const { writer } = this.#open;
    const before = writer.state;
    const outcomes = writer.write(request.jobs, request.recordedAt);
    this.#rowsWritten = writer.state.position - before.position;
    return { kind: "written", progress: progressOf(writer.state, before), outcomes };
  }

  /** The commit is durable and told: nobody waits for this but the next commit. */
  checkpoint(): void {
    if (this.#open === undefined || this.#rowsWritten === undefined) return;
    const rows = this.#rowsWritten;
    this.#rowsWritten = undefined;
    this.#open.checkpoint(rows);
  }

  problemOf(error: unknown): StoreProblem {
    const problem = classifyProblem(error, this.#path);
    const final = problem.kind === "failed" || problem.kind === "damaged";
    if (final && this.#open !== undefined && this.#refusal === undefined) {
      this.#refusal = problem;
      markSuspect(this.#path, problem.message);
    }
    return problem;
  }
}

function openWriter(request: WriterRequest & { kind: "open" }): OpenWriter {
  const { log, newEpoch } = request;
  const { database, freeLock, lines } = openLog(log);
  const close = () => {
    // Closing the last connection moves the write-ahead log into the file and removes it.
    database.close();
    freeLock();
  };
  try {
    const begun = beginOpening(database, { regionId: log.regionId, newEpoch, newStoreId: log.newStoreId });
    return {
      writer: new LogWriter(database, log.path, begun.state),
      checkpoint: createCheckpointer(database, CHECKPOINT_LIMITS),
      close,
      reply: {
        kind: "opened",
        progress: progressOf(begun.state, undefined),
        cursors: readCursors(database),
        lines: [...lines, ...begun.lines],
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}

function progressOf(after: LogState, before: LogState | undefined): Progress {
  return {
    position: after.position,
    own: after.identity.ownBefore + after.ownSeq,
    identity: after.identity === before?.identity ? undefined : after.identity,
    epochs: after.epochs === before?.epochs ? undefined : after.epochs,
  };
}

function readCursors(database: DatabaseSync): Cursor[] {
  return prepareTuples<readonly [string, string, number]>(database, "SELECT region_id, store_id, position FROM cursors")
    .all()
    .map(([regionId, storeId, position]) => ({ regionId, storeId, position }));
}
