import { createHash, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { canonicalBytes, formatWireReceipt, type Receipt } from "@rsync/core";

/** What the demo knows of a receipt that it wrote, to compare with what the regions hold. */
export interface ExpectedReceipt {
  readonly receiptId: string;
  readonly digest: string;
}

/** Writes an NDJSON file of receipts as a service would have them, and returns what every region must hold. */
export async function writeDemoReceipts(
  path: string,
  from: number,
  count: number,
): Promise<readonly ExpectedReceipt[]> {
  const receipts = Array.from({ length: count }, (_, index) => demoReceipt(from + index));
  await writeFile(path, receipts.map((receipt) => `${formatWireReceipt(receipt)}\n`).join(""));
  return receipts.map((receipt) => ({ receiptId: receipt.receiptId, digest: digestOf(receipt) }));
}

function demoReceipt(number: number): Receipt {
  const name = String(number).padStart(5, "0");
  return {
    receiptId: `demo-${name}`,
    transactionId: `order-${name}`,
    hash: createHash("sha256").update(`the goods of order ${name}`).digest(),
    ticks: number,
    spanId: randomBytes(8).readBigUInt64BE(),
    committed: true,
  };
}

function digestOf(receipt: Receipt): string {
  return createHash("sha256").update(canonicalBytes(receipt)).digest("hex");
}
