import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { standaloneProgram } from "@rsync/build-presets/program";
import { defineConfig } from "tsup";

/** The worker threads of the SQLite store, as its own build made them. */
function storeWorkers(): Record<string, string> {
  const dist = fileURLToPath(new URL(".", import.meta.resolve("@rsync/store-sqlite")));
  const files = readdirSync(dist).filter((file) => file.endsWith("-worker.js"));
  return Object.fromEntries(files.map((file) => [file.slice(0, -".js".length), dist + file]));
}

export default defineConfig(standaloneProgram({ workers: storeWorkers() }));
