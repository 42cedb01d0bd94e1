/**
 * A thread of a store that dies of the second write it is asked for, or of the second question for peers; and, once it has
 * answered, of a question for dead letters.
 */
import { parentPort } from "node:worker_threads";
import { runStoreWorker } from "../src/worker-in-bundle.ts";

let asked = 0;
parentPort?.on("message", ({ request }: { request: { kind: string } }) => {
  if (request.kind === "write" || request.kind === "peers") asked += 1;
  if (asked === 2) process.exit(3);
  if (request.kind === "deadLetters") setImmediate(() => process.exit(3));
});
runStoreWorker();
