import type { DatabaseSync } from "node:sqlite";
import type { MessagePort } from "node:worker_threads";
import type { Cursor } from "@rsync/core";
import { classifyProblem } from "../file/classify-problem.ts";
import { openLog } from "../file/open-log.ts";
import { type StoreProblem, StoreProblemError } from "../file/store-problem.ts";
import { markSuspect } from "../file/suspicion.ts";
import { prepareTuples } from "../row/read-rows.ts";
import { answerRequests } from "../threads/answer-requests.ts";
import type { Progress, WriterReply, WriterRequest } from "../threads/messages.ts";
import { type Checkpointer, createCheckpointer } from "./checkpoint.ts";
import { beginOpening, type LogState } from "./log-state.ts";
import { createLogWriter, type LogWriter } from "./log-writer.ts";

interface OpenWriter {
  readonly writer: LogWriter;
  readonly checkpoint: Checkpointer;
  readonly close: () => void;
  readonly reply: WriterReply;
}

/** The writing thread: the only one that changes the file. */
export function runWriter(port: MessagePort): void {
  let open: OpenWriter | undefined;
  let path = "";
  let rowsNotLookedAt: number | undefined;
  let refusal: StoreProblem | undefined;

  const write = (request: WriterRequest & { kind: "write" }): WriterReply => {
    // I3: after a failed write or fsync nothing that this opening could say about the disk can be relied on.
    if (refusal !== undefined) throw new StoreProblemError(refusal.kind, refusal.message);
    if (open === undefined) throw new Error("the log is not open");
    const before = open.writer.state();
    const outcomes = open.writer.write(request.jobs, request.recordedAt);
    const after = open.writer.state();
    rowsNotLookedAt = after.position - before.position;
    return { kind: "written", progress: progressOf(after, before), outcomes };
  };

  answerRequests<WriterRequest, WriterReply>(port, {
    handle: (request) => {
      switch (request.kind) {
        case "open":
          path = request.log.path;
          open = openWriter(request);
          return open.reply;
        case "write":
          return write(request);
        case "close":
          open?.close();
          return { kind: "closed" };
      }
    },
    // The commit is durable and told: nobody waits for the checkpoint but the next commit.
    afterwards: () => {
      if (open === undefined || rowsNotLookedAt === undefined) return;
      const rows = rowsNotLookedAt;
      rowsNotLookedAt = undefined;
      open.checkpoint(rows);
    },
    problemOf: (error) => {
      const problem = classifyProblem(error, path);
      const final = problem.kind === "failed" || problem.kind === "damaged";
      if (final && open !== undefined && refusal === undefined) {
        refusal = problem;
        markSuspect(path, problem.message);
      }
      return problem;
    },
    isLast: (request) => request.kind === "close",
  });
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
      writer: createLogWriter(database, log.path, begun.state),
      checkpoint: createCheckpointer(database),
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
