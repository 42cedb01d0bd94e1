/** One region of the hand-written version. */
import { join } from "node:path";
import { hexFromBytes, type Receipt } from "@rsync/core";
import { closeServer, listenOnLoopback } from "../regions/listen-on-loopback.ts";
import { serveRegion } from "../regions/serve-region.ts";
import { receiptServer } from "./receipt-server.ts";
import { type PlainReceipt, ReceiptTable } from "./receipt-table.ts";
import { SyncByHand } from "./sync-by-hand.ts";

serveRegion(async ({ folder, port: wanted }) => {
  const table = new ReceiptTable(join(folder, "receipts.db"));
  const server = receiptServer(table);
  const port = await listenOnLoopback(server, wanted);
  return {
    port,
    join: async (others) => {
      const endpoints = others.map(({ endpoint }) => endpoint);
      const byHand = new SyncByHand(table, endpoints);
      return {
        submit: (receipts) => byHand.sync(receipts.map(plain)),
        missing: async () => byHand.undelivered,
        held: async () => table.count(),
        close: async () => {
          await byHand.close();
          await closeServer(server);
          table.close();
        },
      };
    },
  };
});

function plain(receipt: Receipt): PlainReceipt {
  return {
    receipt_id: receipt.receiptId,
    transaction_id: receipt.transactionId,
    hash: hexFromBytes(receipt.hash),
    ticks: receipt.ticks,
    span_id: String(receipt.spanId),
    committed: receipt.committed,
  };
}
