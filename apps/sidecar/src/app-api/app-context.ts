import type { Logger } from "@rsync/core";
import type { ReceiptSyncManager } from "@rsync/node";
import type { Intake } from "../intake.ts";

/** What the routes of the app API work with. */
export interface AppContext {
  readonly manager: ReceiptSyncManager;
  readonly intake: Intake;
  readonly log: Logger;
  /** The store as configured, for people. */
  readonly storeLocation: string;
  /** Why the own store can acknowledge nothing more in this process; `undefined` while it works. */
  readonly storeFailure: () => string | undefined;
}
