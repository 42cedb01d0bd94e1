#!/usr/bin/env node
import { isMainThread } from "node:worker_threads";

// One file is the whole program, so the threads of the store run it too; each loads only what it needs.
if (isMainThread) {
  const { runProgram } = await import("./program.ts");
  await runProgram(new URL(import.meta.url));
} else {
  const { runStoreWorker } = await import("@rsync/store-sqlite/worker");
  runStoreWorker();
}
