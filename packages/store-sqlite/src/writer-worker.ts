/** The file that the writing thread runs, from the sources and from the build alike. */
import { parentPort } from "node:worker_threads";
import { runWriter } from "./writer/run-writer.ts";

if (parentPort !== null) runWriter(parentPort);
