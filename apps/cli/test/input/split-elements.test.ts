import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ELEMENT_BYTES_MAX, type Element } from "../../src/input/element.ts";
import { splitElements } from "../../src/input/split-elements.ts";

async function* chunked(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (let index = 0; start < bytes.length; index++) {
    const size = sizes[index % sizes.length] ?? bytes.length;
    yield bytes.slice(start, start + size);
    start += size;
  }
}

async function elementsOf(input: string | Uint8Array, sizes: readonly number[] = [65_536]): Promise<Element[]> {
  const bytes = typeof input === "string" ? new TextEncoder().encode(input) : input;
  return gathered(splitElements(chunked(bytes, sizes)));
}

async function gathered(elements: AsyncIterable<Element>): Promise<Element[]> {
  const all: Element[] = [];
  for await (const element of elements) all.push(element);
  return all;
}

const texts = (elements: readonly Element[]): readonly unknown[] =>
  elements.map((element) => (element.kind === "element" ? element.text : element.message));
const numbers = (elements: readonly Element[]): readonly number[] => elements.map(({ number }) => number);

const chunkSizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/);
const jsonText = fc.json({ maxDepth: 3 });

describe("an array", () => {
  test("of any values, with any white space, in any chunks, gives its elements as they were written", async () => {
    const property = fc.asyncProperty(
      fc.array(fc.tuple(space, jsonText, space)),
      space,
      chunkSizes,
      async (parts, lead, sizes) => {
        const inner = parts.map(([before, json, after]) => before + json + after).join(",");
        const elements = await elementsOf(`${lead}[${inner}]${lead}`, sizes);
        expect(texts(elements)).toEqual(parts.map(([, json]) => json.trim()));
        expect(numbers(elements)).toEqual(parts.map((_, index) => index + 1));
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  test("keeps brackets, commas, quotes and backslashes in strings where they are", async () => {
    const tricky = String.raw`{"a":"]}[{,","b":"\"],","c":"\\"}`;
    expect(texts(await elementsOf(`[${tricky},[1,[2]],"],"]`, [1]))).toEqual([tricky, "[1,[2]]", '"],"']);
  });

  test.each([
    ["[]", []],
    [" [ \n ] ", []],
    ["[1,]", ["1", "nothing between two commas"]],
    ["[,1]", ["nothing between two commas", "1"]],
    ["[1", ["the input ends before the array does"]],
    ["[1,", ["1", "the input ends before the array does"]],
    ["[1] x y", ["1", "text after the end of the array"]],
    ["[1 2,{oops},3]", ["1 2", "{oops}", "3"]],
    ['[{"a":1},{"b":,{"c":3}]', ['{"a":1}', "the input ends before the array does"]],
  ])("%s", async (input, expected) => {
    expect(texts(await elementsOf(input, [1]))).toEqual(expected);
    expect(texts(await elementsOf(input))).toEqual(expected);
  });
});

describe("NDJSON", () => {
  test("of any lines, with any line ends and blank lines, in any chunks, gives each line with its number", async () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value));
    const lines = fc.array(fc.oneof(object, fc.constant("")));
    const ends = fc.constantFrom("\n", "\r\n");
    const property = fc.asyncProperty(lines, ends, fc.boolean(), chunkSizes, async (written, end, closed, sizes) => {
      const elements = await elementsOf(written.join(end) + (closed ? end : ""), sizes);
      const expected = written.flatMap((line, index) => (line === "" ? [] : [[index + 1, line]]));
      expect(elements.map((element) => [element.number, texts([element])[0]])).toEqual(expected);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test("a byte order mark is dropped, however it is cut; the last line needs no newline", async () => {
    for (const sizes of [[1], [2], [3], [100]]) {
      expect(texts(await elementsOf('\u{feff}{"a":1}\r\n{"a":2}', sizes))).toEqual(['{"a":1}', '{"a":2}']);
      expect(texts(await elementsOf("\u{feff}[1]", sizes))).toEqual(["1"]);
    }
  });

  test("an empty input, and one shorter than a byte order mark", async () => {
    expect(await elementsOf("")).toEqual([]);
    expect(await elementsOf("\u{feff}")).toEqual([]);
    expect(texts(await elementsOf("{}"))).toEqual(["{}"]);
    expect(texts(await elementsOf("1", [1]))).toEqual(["1"]);
  });

  test("bytes that are no UTF-8 spoil their own line only", async () => {
    const bytes = Uint8Array.from([0x7b, 0x7d, 0x0a, 0xff, 0x0a, 0x7b, 0x7d]);
    expect(texts(await elementsOf(bytes, [1]))).toEqual(["{}", "not UTF-8 text", "{}"]);
  });
});

test("any bytes in any chunks give the same as in one piece", async () => {
  const alphabet = [...'[]{},":\\ \n\ra1'].map((letter) => letter.charCodeAt(0));
  const bytes = fc.array(fc.constantFrom(...alphabet, 0xef, 0xbb, 0xbf)).map((list) => Uint8Array.from(list));
  const property = fc.asyncProperty(bytes, chunkSizes, async (input, sizes) => {
    expect(await elementsOf(input, sizes)).toEqual(await elementsOf(input, [1_000_000]));
  });
  await fc.assert(property, { numRuns: 500 });
});

/** Bytes of buffers that somebody still holds. */
function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().arrayBuffers;
}

describe("memory", () => {
  test.each(["ndjson", "array"])(
    "stays small over a single element of 128 MB (%s), and what follows is read",
    async (form) => {
      const encoder = new TextEncoder();
      const before = heldBytes();
      let largest = 0;
      async function* huge(): AsyncGenerator<Uint8Array> {
        yield encoder.encode(form === "array" ? '["' : '"');
        for (let count = 0; count < 512; count++) {
          yield new Uint8Array(256 * 1024).fill(0x61);
          if (count % 64 === 0) largest = Math.max(largest, heldBytes());
        }
        yield encoder.encode(form === "array" ? '",{}]' : '"\n{}');
      }
      const elements = await gathered(splitElements(huge()));
      expect(texts(elements)).toEqual([`larger than ${ELEMENT_BYTES_MAX} bytes (134217730)`, "{}"]);
      expect(numbers(elements)).toEqual([1, 2]);
      expect(largest - before).toBeLessThan(48 * 1024 * 1024);
    },
  );
});
