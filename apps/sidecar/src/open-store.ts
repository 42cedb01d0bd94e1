/** Opens the log that the configuration names. */
import type { Logger, ReceiptStore } from "@rsync/core";
import { sqliteStore } from "@rsync/store-sqlite";
import type { StoreLocation } from "./config/store-location.ts";

/** `workerUrl`: the file of this program, which the threads of the SQLite store run too. Rejects with `StoreError`. */
export async function openStore(
  location: StoreLocation,
  regionId: string,
  workerUrl: URL,
  logger: Logger,
): Promise<ReceiptStore> {
  if (location.kind === "sqlite") return sqliteStore(location.path, { regionId, workerUrl, logger });
  logger({
    level: "warn",
    message: "The store is memory: what it holds ends with this process, and counts only with requireDurable: false",
    fields: {},
  });
  const { memoryStore } = await import("@rsync/node");
  return memoryStore({ regionId });
}
