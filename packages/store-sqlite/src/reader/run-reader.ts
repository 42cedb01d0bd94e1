import { DatabaseSync } from "node:sqlite";
import type { MessagePort } from "node:worker_threads";
import { classifyProblem } from "../file/classify-problem.ts";
import { markSuspect } from "../file/suspicion.ts";
import { answerRequests } from "../threads/answer-requests.ts";
import type { ReaderReply, ReaderRequest } from "../threads/messages.ts";
import { type DeadLetterReader, prepareDeadLetterReader } from "./dead-letter-reader.ts";
import { type LogReader, prepareLogReader } from "./log-reader.ts";
import { prepareSideReader, type SideReader } from "./side-reader.ts";

const cacheKibibytesMax = 32 * 1024;

interface OpenReader {
  readonly log: LogReader;
  readonly side: SideReader;
  readonly deadLetters: DeadLetterReader;
  readonly close: () => void;
}

/**
 * The reading thread, on a connection of its own that cannot write. In WAL mode it sees a commit only after its fsync (I3)
 * and never waits for the writer.
 */
export function runReader(port: MessagePort): void {
  let open: OpenReader | undefined;
  let path = "";
  answerRequests<ReaderRequest, ReaderReply>(port, {
    handle: (request) => {
      if (request.kind === "open") {
        path = request.path;
        open = openReader(path);
        return { kind: "done" };
      }
      if (request.kind === "close") {
        open?.close();
        return { kind: "done" };
      }
      if (open === undefined) throw new Error("the log is not open");
      return read(open, request);
    },
    problemOf: (error) => {
      const problem = classifyProblem(error, path);
      if (problem.kind === "damaged") markSuspect(path, problem.message);
      return problem;
    },
    isLast: (request) => request.kind === "close",
  });
}

function openReader(path: string): OpenReader {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  database.exec(`PRAGMA cache_size = -${cacheKibibytesMax}; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF`);
  return {
    log: prepareLogReader(database, path),
    side: prepareSideReader(database, path),
    deadLetters: prepareDeadLetterReader(database),
    close: () => database.close(),
  };
}

function read(
  { log, side, deadLetters }: OpenReader,
  request: Exclude<ReaderRequest, { kind: "open" | "close" }>,
): ReaderReply {
  switch (request.kind) {
    case "get":
      return { kind: "rows", slices: log.get(request.receiptId) };
    case "list":
      return { kind: "rows", slices: log.list(request.range) };
    case "countOwnThrough":
      return { kind: "count", count: log.countOwnThrough(request.position) };
    case "conflicts":
      return { kind: "conflicts", conflicts: side.conflicts(request) };
    case "deadLetters":
      return { kind: "deadLetters", letters: deadLetters.list(request.query) };
    case "countDeadLetters":
      return { kind: "deadLetterCounts", counts: deadLetters.count(request.regionId, request.storeId) };
    case "peers":
      return { kind: "peers", peers: side.peers() };
    case "scrub":
      return { kind: "scrubbed", through: log.verify(request.after, request.rowsMax) };
  }
}
