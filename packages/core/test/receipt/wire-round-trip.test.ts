import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatWireBatch,
  formatWireReceipt,
  parseWireJson,
  parseWireReceipt,
  parseWireReceiptValue,
} from "../../src/index.ts";

const identifier = fc
  .string({ unit: "binary", minLength: 1, maxLength: 256 })
  .map((text) => text.replaceAll(/\p{Cc}/gu, "x"))
  .filter((text) => text.isWellFormed());
const boundary = fc.constantFrom(0n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n);
const receiptArbitrary = fc.record({
  receiptId: identifier,
  transactionId: identifier,
  hash: fc.uint8Array({ minLength: 1, maxLength: 256 }),
  ticks: fc.integer({ min: 0, max: 0xffff_ffff }),
  spanId: fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), boundary),
  committed: fc.boolean(),
});
const envelopeArbitrary = fc.record({
  timestamp: fc.option(fc.constantFrom("2025-11-16T12:00:00Z", "2025-11-16T12:00:00.5+01:00"), { nil: undefined }),
  sourceRegion: fc.option(identifier, { nil: undefined }),
  origin: fc.option(fc.tuple(identifier, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })), { nil: undefined }),
});

describe("what is formatted is read back equal", () => {
  test("for every receipt and envelope, alone and in a batch", () => {
    return fc.assert(
      fc.property(receiptArbitrary, envelopeArbitrary, (receipt, { origin, ...label }) => {
        const envelope = { ...label, sourceStore: origin?.[0], sourceSeq: origin?.[1] };
        const text = formatWireReceipt(receipt, envelope);
        expect(parseWireReceipt(text)).toEqual({ kind: "parsed", receipt, envelope });
        const batch = parseWireJson(`{"receipts":[${text},${text}]}`);
        const items = batch.kind === "parsed" ? (batch.value as { receipts: unknown[] }).receipts : [];
        expect(items.map((item) => parseWireReceiptValue(item))).toEqual([
          { kind: "parsed", receipt, envelope },
          { kind: "parsed", receipt, envelope },
        ]);
      }),
    );
  });

  test("for every batch of ours, by a plain JSON parser too: no number in it is too large for one", () => {
    const record = fc
      .tuple(receiptArbitrary, fc.record({ sourceRegion: identifier, sourceStore: identifier }))
      .map(([receipt, source]) => ({
        ...receipt,
        ...source,
        timestamp: "2025-11-16T12:00:00Z",
        sourceSeq: Number.MAX_SAFE_INTEGER,
        digest: "0".repeat(64),
      }));
    return fc.assert(
      fc.property(fc.array(record, { maxLength: 3 }), (records) => {
        const text = formatWireBatch(records);
        const { receipts }: { receipts: unknown[] } = JSON.parse(text);
        expect(parseWireJson(text)).toEqual({ kind: "parsed", value: { receipts } });
        expect(receipts.map((item) => parseWireReceiptValue(item))).toEqual(
          records.map(({ digest: _digest, timestamp, sourceRegion, sourceStore, sourceSeq, ...receipt }) => ({
            kind: "parsed",
            receipt,
            envelope: { timestamp, sourceRegion, sourceStore, sourceSeq },
          })),
        );
      }),
    );
  });

  test("in the order of the seeds, and without what is unknown", () => {
    const receipt = {
      receiptId: "r",
      transactionId: "t",
      hash: Uint8Array.of(255),
      ticks: 1,
      spanId: 2n ** 64n - 1n,
      committed: false,
    };
    expect(formatWireReceipt(receipt)).toBe(
      '{"receipt_id":"r","transaction_id":"t","hash":"ff","ticks":1,"span_id":18446744073709551615,"committed":false}',
    );
  });
});

/** Looks at the source of every number, slowly: what `parseWireJson` must agree with. */
function twin(text: string): unknown {
  const names = ["span_id", "ticks", "source_seq"];
  const reviver = (key: string, value: unknown, context?: { source?: string }) => {
    const source = context?.source;
    if (typeof value !== "number" || source === undefined) return value;
    const written = names.find((name) => key === name || key.endsWith(`"${name}`));
    if (written !== undefined && /[.eE]/.test(source)) return source;
    return written === "span_id" && /^-?\d{16,}$/.test(source) ? source : value;
  };
  return JSON.parse(text, reviver);
}

describe("exact numbers without a reviver", () => {
  const space = fc.constantFrom("", " ", "\n\t", " \r\n ");
  const number = fc.oneof(
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
    fc.constantFrom("1.0", "1e3", "-0", "0.5", "1E+2", "0.99999999999999999999", "123456789012345", "1234567890123456"),
  );
  const trickyText = fc.constantFrom(
    '"span_id":12345678901234567890,',
    '{"span_id":1.0}',
    "\\",
    'x"span_id',
    "span_id",
    "ticks",
    ":1.0,",
    "é\u{1F9FE}",
  );
  const key = fc.oneof(fc.constantFrom("span_id", "ticks", "source_seq", "other", 'x"span_id'), trickyText);
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      number,
      trickyText.map((text) => JSON.stringify(text)),
      fc.constantFrom("true", "null"),
      fc.array(tie("value"), { maxLength: 3 }).map((items) => `[${items.join(",")}]`),
      fc
        .array(fc.tuple(key, space, space, tie("value"), space), { maxLength: 4 })
        .map(
          (entries) =>
            `{${entries.map(([name, a, b, item, c]) => `${JSON.stringify(name)}${a}:${b}${item}${c}`).join(",")}}`,
        ),
    ),
  }));

  test("agrees with a reviver on any JSON", () => {
    return fc.assert(
      fc.property(value, (text) => {
        expect(parseWireJson(text)).toEqual({ kind: "parsed", value: twin(text) });
      }),
      { numRuns: 3000 },
    );
  });

  test("what is not JSON stays so, whatever was edited", () => {
    return fc.assert(
      fc.property(value, fc.nat(), fc.constantFrom("", '"', "\\", ",", "}", "0", "."), (text, at, change) => {
        const cut = at % (text.length + 1);
        const broken = text.slice(0, cut) + change + text.slice(cut + 1);
        let isJson = true;
        try {
          JSON.parse(broken);
        } catch {
          isJson = false;
        }
        expect(parseWireJson(broken).kind).toBe(isJson ? "parsed" : "notJson");
      }),
      { numRuns: 3000 },
    );
  });
});
