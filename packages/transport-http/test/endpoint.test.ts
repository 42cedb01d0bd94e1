import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseEndpoint, receiptPath } from "../src/endpoint.ts";
import { excerptOf } from "../src/excerpt.ts";

const receiptId = fc.string({ unit: "binary", minLength: 1, maxLength: 256 });

describe("receiptPath", () => {
  const endpoint = { origin: "http://127.0.0.1", pathPrefix: "/west" };
  const prefix = "/west/api/v1/receipts/";

  test("is one segment of plain letters that decodes to the id", () => {
    fc.assert(
      fc.property(receiptId, (id) => {
        const path = receiptPath(endpoint, id);
        const segment = path.slice(prefix.length);
        expect(path.startsWith(prefix)).toBe(true);
        expect(segment).toMatch(/^[A-Za-z0-9%_.!~*'()-]+$/);
        expect(segment).not.toMatch(/^\.{1,2}$/);
        expect(decodeURIComponent(segment)).toBe(id);
      }),
    );
  });
});

describe("parseEndpoint", () => {
  const cases: readonly (readonly [text: string, origin: string, pathPrefix: string])[] = [
    ["http://replica-west.example.com", "http://replica-west.example.com", ""],
    ["http://replica-west.example.com/", "http://replica-west.example.com", ""],
    ["https://[::1]:7401/west/eu//", "https://[::1]:7401", "/west/eu"],
    ["http://host:80/a b", "http://host", "/a%20b"],
  ];
  test.each(cases)("%s", (text, origin, pathPrefix) => {
    expect(parseEndpoint(text)).toEqual({ origin, pathPrefix });
  });
});

describe("excerptOf", () => {
  test("of any bytes is one short line without control characters", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        const excerpt = excerptOf(bytes);
        expect(excerpt.length).toBeLessThanOrEqual(200);
        expect(excerpt).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
