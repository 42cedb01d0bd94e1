import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalBytes, canonicalText, parseWireReceiptValue } from "../../src/index.ts";
import published from "../../vectors/canonical.json" with { type: "json" };

/** RFC 8785, section 3.2.2.2, written out by code unit. */
function escapeOfRfc8785(text: string): string {
  const short: Readonly<Record<number, string>> = {
    8: "\\b",
    9: "\\t",
    10: "\\n",
    12: "\\f",
    13: "\\r",
    34: '\\"',
    92: "\\\\",
  };
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  const escaped = units.map((unit) => {
    if (short[unit] !== undefined) return short[unit];
    return unit < 0x20 ? `\\u${unit.toString(16).padStart(4, "0")}` : String.fromCharCode(unit);
  });
  return `"${escaped.join("")}"`;
}

describe("the published vectors", () => {
  test.each(published.vectors)("$name", ({ receipt, canonical, sha256 }) => {
    const parsed = parseWireReceiptValue({ ...receipt, committed: true });
    if (parsed.kind !== "parsed") throw new Error(JSON.stringify(parsed.problems));
    expect(canonicalText(parsed.receipt)).toBe(canonical);
    expect(Buffer.from(canonicalBytes(parsed.receipt)).toString("utf8")).toBe(canonical);
    expect(createHash("sha256").update(canonicalBytes(parsed.receipt)).digest("hex")).toBe(sha256);
  });

  test("have different digests", () => {
    expect(new Set(published.vectors.map(({ sha256 }) => sha256)).size).toBe(published.vectors.length);
  });
});

describe("the canonical form", () => {
  const receipt = { receiptId: "r", transactionId: "t", hash: Uint8Array.of(1), ticks: 1, spanId: 1n };

  test("escapes strings as RFC 8785 says", () => {
    return fc.assert(
      fc.property(fc.string({ unit: "binary" }), (transactionId) => {
        fc.pre(transactionId.isWellFormed());
        const text = canonicalText({ ...receipt, transactionId });
        expect(text).toBe(
          `{"hash":"01","receipt_id":"r","span_id":"1","ticks":1,"transaction_id":${escapeOfRfc8785(transactionId)}}`,
        );
      }),
    );
  });

  test("has sorted keys and nothing else", () => {
    const keys = Object.keys(JSON.parse(canonicalText(receipt)));
    expect(keys).toEqual(["hash", "receipt_id", "span_id", "ticks", "transaction_id"]);
    expect(keys).toEqual(keys.toSorted());
  });
});
