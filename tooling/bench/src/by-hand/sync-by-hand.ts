import pRetry, { AbortError } from "p-retry";
import { Pool } from "undici";
import type { PlainReceipt, ReceiptTable } from "./receipt-table.ts";

/** Stores here, posts to every other region with retries, and returns when two of three hold the receipts. */
export class SyncByHand {
  readonly #table: ReceiptTable;
  readonly #pools: readonly Pool[];
  #undelivered = 0;

  constructor(table: ReceiptTable, endpoints: readonly string[]) {
    this.#table = table;
    this.#pools = endpoints.map((endpoint) => new Pool(endpoint, { connections: 16 }));
  }

  /** Posts that are still under way, and those that were given up. */
  get undelivered(): number {
    return this.#undelivered;
  }

  async sync(receipts: readonly PlainReceipt[]): Promise<void> {
    this.#table.insert(receipts);
    const body = JSON.stringify(receipts);
    await Promise.any(this.#pools.map((pool) => this.#deliver(pool, body)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.destroy()));
  }

  async #deliver(pool: Pool, body: string): Promise<void> {
    this.#undelivered += 1;
    await pRetry(() => post(pool, body), { retries: 3, minTimeout: 1000, maxTimeout: 4000 });
    this.#undelivered -= 1;
  }
}

async function post(pool: Pool, body: string): Promise<void> {
  const { statusCode, body: reply } = await pool.request({
    method: "POST",
    path: "/receipts",
    headers: { "content-type": "application/json" },
    body,
  });
  await reply.dump();
  if (statusCode === 200) return;
  const message = `The region answered ${statusCode}`;
  throw statusCode >= 500 ? new Error(message) : new AbortError(message);
}
