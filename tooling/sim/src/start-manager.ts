import { ReceiptSyncManager } from "@rsync/node";
import type { StartProcess } from "@rsync/testkit";

/** What the simulator runs: the real manager, and the real receiving side over the same log. */
export const startManager: StartProcess = ({ config, ...parts }) => ReceiptSyncManager.create(config, parts);
