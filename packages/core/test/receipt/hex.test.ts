import * as fc from "fast-check";
import { expect, test } from "vitest";
import { bytesFromHex, hexFromBytes } from "../../src/index.ts";

test("agrees with the runtime in both directions and both cases", () => {
  return fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const hex = Buffer.from(bytes).toString("hex");
      expect(hexFromBytes(bytes)).toBe(hex);
      expect(bytesFromHex(hex)).toEqual(bytes);
      const plain = Object.defineProperty(bytes.slice(), "toHex", { value: undefined });
      expect(hexFromBytes(plain)).toBe(hex);
      expect(bytesFromHex(hex.toUpperCase())).toEqual(bytes);
    }),
  );
});

test.each(["0", "0g", "g0", "0x", " 0", "é0", "0\u0130", "００"])("%j is no hex", (text) => {
  expect(bytesFromHex(text)).toBeUndefined();
});
