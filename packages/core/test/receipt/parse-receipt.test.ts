import { describe, expect, test } from "vitest";
import {
  formatWireReceipt,
  parseReceiptObject,
  parseWireReceipt,
  parseWireReceiptValue,
  type Receipt,
  type ReceiptProblem,
} from "../../src/index.ts";

const wire = {
  receipt_id: "abc123",
  transaction_id: "tx-456",
  hash: "01020304",
  ticks: 42,
  span_id: 789,
  committed: true,
};
const seedText =
  '{"receipt_id":"abc123","transaction_id":"tx-456","hash":"01020304","ticks":42,"span_id":789,"committed":true,' +
  '"timestamp":"2025-11-16T12:00:00Z","source_region":"primary"}';

function parsed(text: string) {
  const result = parseWireReceipt(text);
  if (result.kind !== "parsed") throw new Error(JSON.stringify(result));
  return result;
}

function problemsOf(value: unknown): readonly ReceiptProblem[] {
  const result = parseWireReceiptValue(value);
  return result.kind === "invalid" ? result.problems : [];
}

const fieldsOf = (value: unknown) => problemsOf(value).map(({ field }) => field);

describe("seeds: Receipt structure fields", () => {
  test("the example of the seeds is read field by field", () => {
    const { receipt, envelope } = parsed(seedText);
    expect(receipt).toEqual({
      receiptId: "abc123",
      transactionId: "tx-456",
      hash: Uint8Array.of(1, 2, 3, 4),
      ticks: 42,
      spanId: 789n,
      committed: true,
    });
    expect(envelope).toEqual({
      timestamp: "2025-11-16T12:00:00Z",
      sourceRegion: "primary",
      sourceStore: undefined,
      sourceSeq: undefined,
    });
    expect(formatWireReceipt(receipt, envelope)).toBe(seedText);
  });
});

describe("span_id is an exact u64", () => {
  const exact = [0n, 1n, 2n ** 32n, 10n ** 15n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n];
  test.each(exact)("%s as number and as decimal string", (spanId) => {
    expect(parsed(seedText.replace("789", String(spanId))).receipt.spanId).toBe(spanId);
    expect(parsed(seedText.replace("789", `"${spanId}"`)).receipt.spanId).toBe(spanId);
    expect(parsed(formatWireReceipt({ ...parsed(seedText).receipt, spanId })).receipt.spanId).toBe(spanId);
  });

  const refused = [
    "18446744073709551616",
    "100000000000000000000000000000000000000",
    "1e400",
    "-1",
    "-18446744073709551615",
    "0.5",
    "1.0",
    "1e3",
    "0.99999999999999999999",
    "1e-400",
    '"0x10"',
    '""',
    '" 7"',
    '"007"',
    '"-1"',
    '"1.0"',
    '"18446744073709551616"',
    "null",
    "true",
    "[1]",
  ];
  test.each(refused)("%s is refused and named", (written) => {
    const result = parseWireReceipt(seedText.replace("789", written));
    expect(result).toMatchObject({ kind: "invalid", problems: [{ field: "span_id" }] });
  });

  test("a leading zero is not JSON, however long", () => {
    expect(parseWireReceipt(seedText.replace("789", "00000000000000000001")).kind).toBe("notJson");
  });

  test("a value whose digits are lost already is refused with the remedy", () => {
    const [problem] = problemsOf({ ...wire, span_id: 2 ** 60 });
    expect(problem).toMatchObject({ field: "span_id" });
    expect(problem?.message).toContain("2^53 - 1");
  });

  test("a key in escapes cannot smuggle a rounded number in", () => {
    expect(parseWireReceipt(seedText.replace('"span_id":789', '"span\\u005fid":9007199254740993')).kind).toBe(
      "invalid",
    );
  });
});

describe("each field", () => {
  const long = "é".repeat(256);
  const accepted: readonly [string, unknown][] = [
    ["receipt_id", "a"],
    ["receipt_id", long],
    ["receipt_id", "\u{1F9FE}".repeat(256)],
    ["receipt_id", "with / % and spaces, 領収書, \u2028, cafe\u0301"],
    ["transaction_id", long],
    ["hash", "FFaa"],
    ["hash", "00".repeat(256)],
    ["ticks", 0],
    ["ticks", 4294967295],
    ["committed", false],
    ["timestamp", "2025-11-16T12:00:00.123456789+00:00"],
    ["timestamp", "2016-12-31t23:59:60z"],
    ["timestamp", null],
    ["source_region", "us-east-1"],
    ["unknown_field", { deep: [1] }],
  ];
  test.each(accepted)("%s may be %j", (field, value) => {
    expect(problemsOf({ ...wire, [field]: value })).toEqual([]);
  });

  const refused: readonly [string, unknown][] = [
    ["receipt_id", ""],
    ["receipt_id", `${long}x`],
    ["receipt_id", "a\u0000b"],
    ["receipt_id", "a\nb"],
    ["receipt_id", "\u007f"],
    ["receipt_id", "\u0085"],
    ["receipt_id", "\ud800"],
    ["receipt_id", "\udc00\ud800"],
    ["receipt_id", 7],
    ["transaction_id", null],
    ["transaction_id", ["tx"]],
    ["hash", ""],
    ["hash", "abc"],
    ["hash", "0g"],
    ["hash", "é0"],
    ["hash", "00".repeat(257)],
    ["hash", [1, 2]],
    ["ticks", -1],
    ["ticks", 1.5],
    ["ticks", 4294967296],
    ["ticks", "42"],
    ["ticks", Number.NaN],
    ["committed", 1],
    ["committed", "true"],
    ["timestamp", "yesterday"],
    ["timestamp", "2025-13-16T12:00:00Z"],
    ["timestamp", "2025-11-16T12:00:00"],
    ["timestamp", 1763294400],
    ["source_region", ""],
    ["source_region", 5],
  ];
  test.each(refused)("%s may not be %j", (field, value) => {
    const problems = problemsOf({ ...wire, [field]: value });
    expect(problems.map((problem) => problem.field)).toEqual([field]);
    expect(problems[0]?.message).toContain(field);
  });

  test.each(Object.keys(wire))("%s may not be missing", (field) => {
    const problems = problemsOf({ ...wire, [field]: undefined });
    expect(problems).toMatchObject([{ field, received: "nothing" }]);
  });

  test("all bad fields are named at once", () => {
    expect(fieldsOf({})).toEqual(Object.keys(wire));
    expect(fieldsOf({ ...wire, receipt_id: 1, ticks: "x", timestamp: 5 })).toEqual([
      "receipt_id",
      "ticks",
      "timestamp",
    ]);
  });

  test.each([null, 5, "text", [wire], true])("%j is no receipt", (value) => {
    expect(fieldsOf(value)).toEqual(["receipt"]);
  });

  test("a number needs the store that counted it, and the other way round", () => {
    expect(fieldsOf({ ...wire, source_seq: 1 })).toEqual(["source_store"]);
    expect(fieldsOf({ ...wire, source_store: "s" })).toEqual(["source_seq"]);
    expect(fieldsOf({ ...wire, source_store: "s", source_seq: 1 })).toEqual([]);
    expect(fieldsOf({ ...wire, source_store: "s", source_seq: 0 })).toEqual(["source_seq"]);
    expect(fieldsOf({ ...wire, source_store: "s", source_seq: 2 ** 53 })).toEqual(["source_seq"]);
    expect(fieldsOf({ ...wire, source_store: null, source_seq: null })).toEqual([]);
  });

  test("the app API ignores whatever stands in the envelope", () => {
    const result = parseWireReceiptValue({ ...wire, timestamp: 5, source_seq: "x", source_region: "r" }, "ignored");
    expect(result).toMatchObject({ kind: "parsed", envelope: { timestamp: undefined, sourceRegion: undefined } });
  });

  test("what was received is shown, shortly", () => {
    const [problem] = problemsOf({ ...wire, receipt_id: "x".repeat(100_000) });
    expect(problem?.received.length).toBeLessThan(130);
    expect(problemsOf({ ...wire, ticks: 1.5 })[0]?.received).toBe("1.5");
    expect(problemsOf({ ...wire, hash: [1, 2] })[0]?.received).toBe("an array of 2");
  });

  test.each<[value: unknown, shown: string]>([
    [undefined, "nothing"],
    [null, "null"],
    [true, "true"],
    [-0.5, "-0.5"],
    [2n ** 256n, String(2n ** 256n)],
    [2n ** 256n + 1n, "a very large bigint"],
    [-(2n ** 300n), "a very large bigint"],
    ["word", '"word"'],
    ["\u0007".repeat(50), `${JSON.stringify("\u0007".repeat(50)).slice(0, 80)}... (50 characters)`],
    [[1, 2], "an array of 2"],
    [new Uint8Array(300), "300 bytes"],
    [{ a: 1 }, "an object"],
    [Symbol("s"), "a symbol"],
    [() => 1, "a function"],
  ])("what a caller hands over as ticks, %s, is shown as %s", (value, shown) => {
    const receipt = { receiptId: "r", transactionId: "t", hash: "00", spanId: 1n, committed: true, ticks: value };
    const result = parseReceiptObject(receipt);
    expect(result.kind === "invalid" && result.problems).toMatchObject([{ field: "ticks", received: shown }]);
  });
});

describe("not JSON", () => {
  test.each(["", "{", "hello", "<html></html>", '{"span_id":12345678901234567890,}', "\ufeff{}"])("%j", (text) => {
    expect(parseWireReceipt(text)).toMatchObject({ kind: "notJson", message: expect.stringMatching(/./) });
  });

  test("nesting without end is no crash", () => {
    const text = "[".repeat(200_000);
    expect(parseWireReceipt(text).kind).toBe("notJson");
    expect(["invalid", "notJson"]).toContain(parseWireReceipt(text + "]".repeat(200_000)).kind);
  });
});

describe("an object of the TypeScript API", () => {
  const receipt: Receipt = {
    receiptId: "rec-123",
    transactionId: "tx-456",
    hash: Uint8Array.of(1, 2, 3, 4),
    ticks: 42,
    spanId: 789n,
    committed: true,
  };

  test("is copied, hash included, also out of a pooled Buffer", () => {
    const hash = Buffer.from([1, 2, 3, 4]);
    const result = parseReceiptObject({ ...receipt, hash, extra: 1 });
    hash.fill(9);
    expect(result).toEqual({ kind: "parsed", receipt });
  });

  test.each([789, "789", 789n])("span id as %s", (spanId) => {
    expect(parseReceiptObject({ ...receipt, spanId })).toEqual({ kind: "parsed", receipt });
  });

  test("hash as hex", () => {
    expect(parseReceiptObject({ ...receipt, hash: "01020304" })).toEqual({ kind: "parsed", receipt });
  });

  test("names its fields in camelCase, all at once", () => {
    const result = parseReceiptObject({ hash: new Uint8Array(257), spanId: 2 ** 53, ticks: 1n });
    const fields = result.kind === "invalid" ? result.problems.map(({ field }) => field) : [];
    expect(fields).toEqual(["receiptId", "transactionId", "hash", "ticks", "spanId", "committed"]);
  });

  test.each([-1n, 2n ** 64n, 2n ** 4000n, 0.5, "x"])("span id %s is refused", (spanId) => {
    expect(parseReceiptObject({ ...receipt, spanId })).toMatchObject({
      kind: "invalid",
      problems: [{ field: "spanId" }],
    });
  });

  test.each([undefined, null, "rec-123", []])("%j is no receipt", (value) => {
    expect(parseReceiptObject(value)).toMatchObject({ kind: "invalid", problems: [{ field: "receipt" }] });
  });
});
