/** The file that the store's own threads run, from the sources and from the build alike. */
import { runStoreWorker } from "./run-store-worker.ts";

runStoreWorker();
