/** The file that the reading thread runs, from the sources and from the build alike. */
import { parentPort } from "node:worker_threads";
import { runReader } from "./reader/run-reader.ts";

if (parentPort !== null) runReader(parentPort);
