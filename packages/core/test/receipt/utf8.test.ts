import * as fc from "fast-check";
import { expect, test } from "vitest";
import { utf8FromText } from "../../src/receipt/utf8.ts";

test("agrees with the runtime's encoder on every string, broken surrogates included", () => {
  const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));
  return fc.assert(
    fc.property(fc.oneof(anyText, fc.string(), fc.string({ unit: "binary" })), (text) => {
      expect(utf8FromText(text)).toEqual(new Uint8Array(new TextEncoder().encode(text)));
    }),
    { numRuns: 2000 },
  );
});

test.each([0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff])("code point %i at the edge of a length", (point) => {
  const text = String.fromCodePoint(point);
  expect(utf8FromText(text)).toEqual(new Uint8Array(new TextEncoder().encode(text)));
});
