import { runProgram } from "./program.ts";

// Beside this file, in the sources as in the build.
const storeWorker = import.meta.url.endsWith(".ts") ? "./store-worker.ts" : "./store-worker.js";
await runProgram(new URL(storeWorker, import.meta.url));
