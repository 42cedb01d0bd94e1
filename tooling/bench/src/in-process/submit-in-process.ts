import type { Receipt } from "@rsync/core";
import type { ReceiptSyncManager } from "@rsync/node";

/** Resolves when all are `committed`; rejects where one is anything else. */
export async function submitInProcess(manager: ReceiptSyncManager, receipts: readonly Receipt[]): Promise<void> {
  for (const { outcome, errors } of await Promise.all(receipts.map((receipt) => manager.syncReceipt(receipt)))) {
    if (outcome !== "committed") throw new Error(`A receipt is ${outcome}: ${JSON.stringify(errors)}`);
  }
}
