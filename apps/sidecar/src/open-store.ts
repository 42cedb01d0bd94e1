/** Opens the log that the configuration names. */
import type { Logger, ReceiptStore } from "@rsync/core";
import { sqliteStore } from "@rsync/store-sqlite";
import type { OwnConfig } from "./config/sidecar-config.ts";

/** `workerUrl`: the file that the threads of the SQLite store run. Rejects with `StoreError`. */
export async function openStore(
  { store: location, storeBytesMax: fileBytesMax }: Pick<OwnConfig, "store" | "storeBytesMax">,
  regionId: string,
  workerUrl: URL,
  logger: Logger,
): Promise<ReceiptStore> {
  if (location.kind === "sqlite") return sqliteStore(location.path, { regionId, fileBytesMax, workerUrl, logger });
  logger({
    level: "warn",
    message: "The store is memory: what it holds ends with this process",
    fields: {},
  });
  const { memoryStore } = await import("@rsync/node");
  return memoryStore({ regionId });
}
