import type { Receipt } from "@rsync/core";
import type { ReceiptSyncManager } from "@rsync/node";

/** Resolves when all are `committed`; rejects where one is anything else. */
export async function submitInProcess(manager: ReceiptSyncManager, receipts: readonly Receipt[]): Promise<void> {
  const [only, ...others] = receipts;
  const results =
    only !== undefined && others.length === 0
      ? [await manager.syncReceipt(only)]
      : await manager.syncReceipts(receipts);
  for (const result of results) {
    if (result.outcome !== "committed") throw new Error(`A receipt is not committed: ${JSON.stringify(result)}`);
  }
}
