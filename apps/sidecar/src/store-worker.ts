/** The file that the threads of the receipt log run: small, because each of them holds all of it in memory. */
import { runStoreWorker } from "@rsync/store-sqlite/worker";

runStoreWorker();
