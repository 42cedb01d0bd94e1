import type { Cursor, ReceiptStore } from "@rsync/core";
import { createCommittedState } from "./committed-state.ts";
import { createKnownCursors, type KnownCursors } from "./known-cursors.ts";
import { startScrub } from "./scrub.ts";
import type { StoreHealth } from "./store-health.ts";
import type { ResolvedOptions } from "./store-options.ts";
import { closedError, createStoreReads } from "./store-reads.ts";
import { createStoreWrites } from "./store-writes.ts";
import type { Progress, ReaderReply, ReaderRequest, WriterReply, WriterRequest } from "./threads/messages.ts";
import type { WorkerLink } from "./threads/worker-link.ts";
import { type CarryOut, WriteQueue } from "./write-queue.ts";

/** What an open store is made of. */
export interface OpenedParts {
  readonly path: string;
  readonly options: ResolvedOptions;
  readonly health: StoreHealth;
  readonly writer: WorkerLink<WriterRequest, WriterReply>;
  readonly reader: WorkerLink<ReaderRequest, ReaderReply>;
  readonly progress: Progress;
  readonly cursors: readonly Cursor[];
}

/** Puts the parts together behind the interface. */
export function openedStore(parts: OpenedParts): ReceiptStore {
  const { health, options, reader } = parts;
  const state = createCommittedState(parts.progress);
  const cursors = createKnownCursors(parts.cursors);
  let closing: Promise<void> | undefined;
  const isClosed = () => closing !== undefined;
  const queue = new WriteQueue({
    carryOut: carryOutBy(parts),
    queuedBytesMax: options.queuedBytesMax,
    passengers: cursors.takeChanges,
    onProgress: state.advance,
    onProblem: (problem, passengers) => {
      cursors.putBack(passengers);
      health.note(problem);
    },
  });
  const stopScrub = startScrub({
    ...{ path: parts.path, schedule: options.schedule, committed: state.position, onProblem: health.note },
    ...{ rowsMax: options.scrubRowsMax, pauseMs: options.scrubPauseMs, restMs: options.scrubRestMs },
    logger: options.logger,
    check: async (after, rowsMax) => {
      const reached = await reader.ask({ kind: "scrub", after, rowsMax });
      if (reached.kind === "failed") return reached;
      return { kind: "checked", through: reached.reply.kind === "scrubbed" ? reached.reply.through : undefined };
    },
  });
  return {
    durability: "fsync",
    introduction: state.introduction,
    epochs: state.epochs,
    ...createStoreWrites({ queue, cursors, health, state, options, isClosed }),
    ...createStoreReads({ reader, health, state, isClosed }),
    cursors: async () => {
      if (isClosed()) throw closedError();
      return cursors.all();
    },
    failure: health.failure,
    close: () => {
      closing ??= closeAll(parts, stopScrub, queue, cursors);
      return closing;
    },
  };
}

function carryOutBy({ health, options, writer }: OpenedParts): CarryOut {
  return async (jobs) => {
    // What was queued before the reading thread found damage is not acknowledged after it.
    const refusal = health.error();
    if (refusal !== undefined) return { kind: "failed", problem: { kind: refusal.kind, message: refusal.message } };
    const recordedAt = new Date(options.wallMs()).toISOString();
    const reached = await writer.ask({ kind: "write", jobs, recordedAt });
    if (reached.kind === "failed") return reached;
    if (reached.reply.kind === "written") return reached.reply;
    return { kind: "failed", problem: { kind: "failed", message: `the writer answered ${reached.reply.kind}` } };
  };
}

async function closeAll(
  { health, reader, writer }: OpenedParts,
  stopScrub: () => void,
  queue: WriteQueue,
  cursors: KnownCursors,
): Promise<void> {
  stopScrub();
  if (cursors.isChanged() && health.error() === undefined) queue.flush();
  await queue.idle();
  // Whoever closes last moves the write-ahead log into the file. After a failed write nobody should: the reader cannot.
  const order = health.error() === undefined ? [reader, writer] : [writer, reader];
  for (const link of order) await link.finish({ kind: "close" });
}
