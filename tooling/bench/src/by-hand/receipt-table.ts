import { DatabaseSync, type StatementSync } from "node:sqlite";

/** A receipt as the hand-written version sends it: plain JSON, so the 64-bit span id travels as text. */
export interface PlainReceipt {
  readonly receipt_id: string;
  readonly transaction_id: string;
  readonly hash: string;
  readonly ticks: number;
  readonly span_id: string;
  readonly committed: boolean;
}

/** One SQLite table; receipts are on disk when `insert` returns. */
export class ReceiptTable {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    this.#database.exec(
      `CREATE TABLE IF NOT EXISTS receipts (
        receipt_id TEXT PRIMARY KEY, transaction_id TEXT NOT NULL, hash TEXT NOT NULL, ticks INTEGER NOT NULL,
        span_id TEXT NOT NULL, committed INTEGER NOT NULL, received_at TEXT NOT NULL
      ) WITHOUT ROWID`,
    );
    this.#insert = this.#database.prepare("INSERT OR IGNORE INTO receipts VALUES (?, ?, ?, ?, ?, ?, ?)");
  }

  /** In one transaction. */
  insert(receipts: readonly PlainReceipt[]): void {
    const receivedAt = new Date().toISOString();
    // A single statement is a transaction by itself.
    if (receipts.length > 1) this.#database.exec("BEGIN");
    for (const { receipt_id, transaction_id, hash, ticks, span_id, committed } of receipts) {
      this.#insert.run(receipt_id, transaction_id, hash, ticks, span_id, committed ? 1 : 0, receivedAt);
    }
    if (receipts.length > 1) this.#database.exec("COMMIT");
  }

  count(): number {
    return Number(this.#database.prepare("SELECT count(*) AS rows FROM receipts").get()?.["rows"]);
  }

  close(): void {
    this.#database.close();
  }
}
