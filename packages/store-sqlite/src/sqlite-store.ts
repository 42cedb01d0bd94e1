import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type ReceiptStore, StoreError } from "@rsync/core";
import { openedStore } from "./opened-store.ts";
import { createStoreHealth } from "./store-health.ts";
import { type ResolvedOptions, resolveOptions, type SqliteStoreOptions } from "./store-options.ts";
import type { ReaderReply, ReaderRequest, WriterReply, WriterRequest } from "./threads/messages.ts";
import { type Reached, WorkerLink } from "./threads/worker-link.ts";

/**
 * Opens the receipt log at `path`, or begins one there; the folder must exist. Resolves once the log has been checked and
 * this opening is on disk (DESIGN §9), so that it may answer at once. Rejects with `StoreError`.
 *
 * One opening at a time: a second one, in this process or another, is refused as `locked`.
 */
export async function sqliteStore(path: string, options: SqliteStoreOptions): Promise<ReceiptStore> {
  const resolved = resolveOptions(options);
  const file = canonicalPath(path);
  const health = createStoreHealth((error) => {
    resolved.logger({ level: "error", message: error.message, fields: { path: file, kind: error.kind } });
  });
  const { workerUrl } = resolved;
  const onNotice = health.note;
  const writer = new WorkerLink<WriterRequest, WriterReply>({ role: "writer", workerUrl, onNotice });
  const reader = new WorkerLink<ReaderRequest, ReaderReply>({ role: "reader", workerUrl, onNotice });
  try {
    const opened = replyOf(await writer.ask(openRequest(file, resolved)));
    if (opened.kind !== "opened") throw new StoreError("failed", `the writer answered ${opened.kind}`);
    for (const line of opened.lines) resolved.logger(line);
    replyOf(await reader.ask({ kind: "open", path: file }));
    const { progress, cursors } = opened;
    return openedStore({ path: file, options: resolved, health, writer, reader, progress, cursors });
  } catch (error) {
    await endAll(reader, writer);
    throw error;
  }
}

function openRequest(path: string, options: ResolvedOptions): WriterRequest {
  const { regionId, onDamage, fileBytesMax, randomId, wallMs } = options;
  const damageLabel = new Date(wallMs()).toISOString().replaceAll(":", "-");
  return {
    kind: "open",
    log: { path, regionId, onDamage, fileBytesMax, damageLabel, newStoreId: randomId() },
    newEpoch: randomId(),
  };
}

/** The file itself, whatever links lead to it, so that its lock is found under one name. */
function canonicalPath(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch {
    // Not there yet, or unreachable, which the opening will say better.
  }
  try {
    return join(realpathSync(dirname(absolute)), basename(absolute));
  } catch {
    return absolute;
  }
}

function replyOf<Reply>(reached: Reached<Reply>): Reply {
  if (reached.kind === "replied") return reached.reply;
  throw new StoreError(reached.problem.kind, reached.problem.message);
}

async function endAll(
  reader: WorkerLink<ReaderRequest, ReaderReply>,
  writer: WorkerLink<WriterRequest, WriterReply>,
): Promise<void> {
  // Asked, not terminated: the writer frees its lock before it ends.
  await Promise.all([reader.finish({ kind: "close" }), writer.finish({ kind: "close" })]);
}
