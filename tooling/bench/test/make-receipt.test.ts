import { formatWireReceipt, parseWireReceipt } from "@rsync/core";
import { expect, test } from "vitest";
import { makeReceipt, RECEIPT_BYTES } from "../src/load/make-receipt.ts";

test("every receipt is valid, new, and as large as said", () => {
  const receipts = Array.from({ length: 200 }, () => makeReceipt("v7"));
  for (const receipt of receipts) {
    const text = formatWireReceipt(receipt);
    expect(text).toHaveLength(RECEIPT_BYTES);
    expect(parseWireReceipt(text)).toMatchObject({ kind: "parsed", receipt: { spanId: receipt.spanId } });
  }
  expect(new Set(receipts.map(({ receiptId }) => receiptId)).size).toBe(200);
});

test("ids grow with time", async () => {
  const first = makeReceipt("v7").receiptId;
  await new Promise((resolve) => setTimeout(resolve, 2));
  expect(makeReceipt("v7").receiptId > first).toBe(true);
});

test("random ids are as large and do not grow", () => {
  const receipts = Array.from({ length: 20 }, () => makeReceipt("v4"));
  const ids = receipts.map(({ receiptId }) => receiptId);
  expect(ids.toSorted()).not.toEqual(ids);
  for (const receipt of receipts) expect(formatWireReceipt(receipt)).toHaveLength(RECEIPT_BYTES);
});
