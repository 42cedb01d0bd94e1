import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { runReader } from "./reader/run-reader.ts";
import type { WorkerRole } from "./threads/messages.ts";
import { runWriter } from "./writer/run-writer.ts";

/**
 * Runs a thread of a store if this is one, and says whether it is. A program bundled into one file calls it before anything
 * else and stops there when it answers true; it passes the bundle's URL as `workerUrl` when it opens a store.
 */
export function runStoreWorker(): boolean {
  if (isMainThread || parentPort === null || !isWorkerRole(workerData)) return false;
  if (workerData.rsyncStoreThread === "writer") runWriter(parentPort);
  else runReader(parentPort);
  return true;
}

function isWorkerRole(value: unknown): value is WorkerRole {
  if (typeof value !== "object" || value === null) return false;
  const thread: unknown = Reflect.get(value, "rsyncStoreThread");
  return thread === "writer" || thread === "reader";
}
