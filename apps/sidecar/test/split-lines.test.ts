/** Bytes into numbered lines. */
import { describe, expect, it } from "vitest";
import { splitLines } from "../src/app-api/split-lines.ts";

async function lines(bytes: Uint8Array, chunkBytes: number, lineBytesMax = 100): Promise<readonly unknown[]> {
  async function* chunks(): AsyncGenerator<Uint8Array, void> {
    for (let from = 0; from < bytes.length; from += chunkBytes) yield bytes.subarray(from, from + chunkBytes);
  }
  const found: unknown[] = [];
  for await (const some of splitLines(chunks(), lineBytesMax)) {
    for (const { number, body } of some) found.push([number, body.kind === "text" ? body.text : body.kind]);
  }
  return found;
}

describe("splitLines", () => {
  it("finds the same lines however the bytes are cut", async () => {
    const text = `one\n\ntwo é 収\r\n  \n${"x".repeat(101)}\n${"y".repeat(100)}\nlast`;
    const bytes = Buffer.from(text);
    for (const size of [1, 2, 3, 7, 64, 1_000]) {
      expect(await lines(bytes, size)).toEqual([
        [1, "one"],
        [3, "two é 収\r"],
        [5, "tooLarge"],
        [6, "y".repeat(100)],
        [7, "last"],
      ]);
    }
  });

  it.each([2, 100])("tells a line that is no UTF-8, and no other, in chunks of %i bytes", async (chunkBytes) => {
    const bytes = Uint8Array.of(0x61, 0x0a, 0x63, 0x0a, 0xff, 0x0a, 0x62, 0x0a);
    expect(await lines(bytes, chunkBytes)).toEqual([
      [1, "a"],
      [2, "c"],
      [3, "notUtf8"],
      [4, "b"],
    ]);
  });

  it.each([1, 5, 100])(
    "takes a byte order mark for none of a line's text, in chunks of %i bytes",
    async (chunkBytes) => {
      const bytes = Buffer.from("\uFEFFone\n\uFEFFtwo\nthree\n\uFEFFfour\n");
      expect(await lines(bytes, chunkBytes)).toEqual([
        [1, "one"],
        [2, "two"],
        [3, "three"],
        [4, "four"],
      ]);
    },
  );

  it("finds nothing in nothing", async () => {
    expect(await lines(new Uint8Array(), 1)).toEqual([]);
    expect(await lines(Buffer.from("\n\n"), 1)).toEqual([]);
  });
});
