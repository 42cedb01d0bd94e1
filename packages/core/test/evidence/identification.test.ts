import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatIdentification,
  type Identification,
  parseIdentification,
  REFILLING_HEADER,
  REGION_HEADER,
  SEEN_HEADER,
  STORE_HEADER,
  UNIDENTIFIED,
} from "../../src/evidence/introduction.ts";
import { isRegionId } from "../../src/evidence/region-id.ts";
import { mark, says } from "./evidence-parts.ts";

function parsed(headers: Record<string, string>): Identification {
  return parseIdentification((name) => headers[name]);
}

const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const marks = fc.record({ storeId: word, epoch: word, position: fc.maxSafeNat() });
const introductions = fc.record({
  regionId: fc.string({ minLength: 1, maxLength: 128, unit: "grapheme" }).filter(isRegionId),
  store: marks,
  refilling: fc.boolean(),
});

describe("who sent a message, in its headers", () => {
  test("what was written is read again, region names of any letters included", () => {
    const identifications = fc.record({
      from: fc.option(introductions, { nil: undefined }),
      seen: fc.option(marks, { nil: undefined }),
    });
    fc.assert(
      fc.property(identifications, (identification) => {
        const read = parsed(formatIdentification(identification));
        expect({ from: read.from, seen: read.seen }).toEqual(identification);
        for (const value of Object.values(formatIdentification(identification))) expect(value).toMatch(/^[!-~]+$/);
      }),
    );
  });

  test.each(["東京", "são-paulo", "a b/c%", "🜁", "r".repeat(128)])("region %s", (regionId) => {
    expect(parsed(formatIdentification(says(regionId, mark("s")))).from?.regionId).toBe(regionId);
  });

  test("no header of ours is the seeds' protocol", () => {
    expect(parsed({})).toEqual(UNIDENTIFIED);
    expect(formatIdentification(UNIDENTIFIED)).toEqual({});
  });
});

describe("headers that do not hold together introduce nobody, and are not the seeds' protocol either", () => {
  const region = { [REGION_HEADER]: "us-west" };
  const store = { [STORE_HEADER]: "s;e;1" };

  test.each<[words: string, headers: Record<string, string>]>([
    ["a region without store", region],
    ["a store without region", store],
    ["an empty region", { ...store, [REGION_HEADER]: "" }],
    ["a region of more than 128 characters", { ...store, [REGION_HEADER]: "r".repeat(129) }],
    ["a region with a terminal code", { ...store, [REGION_HEADER]: "us%1B%5B31m" }],
    ["a region with a line break", { ...store, [REGION_HEADER]: "us%0Awest" }],
    ["a region that is badly encoded", { ...store, [REGION_HEADER]: "%E0%A4%A" }],
    ["a refilling nobody", { [REFILLING_HEADER]: "1" }],
    ["only what it has seen of us", { [SEEN_HEADER]: "s;e;1" }],
    ...["", ";;", "s;e", "s;e;", "s;e;-1", "s;e;1.5", "s;e;01", "s;e;1e3", "s;e;1;2", " s;e;1", "s;e;1\n", "s,e,1"].map(
      (text): [string, Record<string, string>] => [
        `store ${JSON.stringify(text)}`,
        { ...region, [STORE_HEADER]: text },
      ],
    ),
    ["a position beyond exact numbers", { ...region, [STORE_HEADER]: "s;e;9007199254740993" }],
    ["a store id that is too long", { ...region, [STORE_HEADER]: `${"s".repeat(65)};e;1` }],
    ["a store id with other letters", { ...region, [STORE_HEADER]: "é;e;1" }],
  ])("%s", (_words, headers) => {
    expect(parsed(headers)).toMatchObject({ from: undefined, partial: true });
  });

  test("a malformed echo tells nothing and spoils nothing", () => {
    const read = parsed({ ...region, ...store, [SEEN_HEADER]: "s;e" });
    expect(read.seen).toBeUndefined();
    expect(read.from).toMatchObject({ regionId: "us-west", store: { storeId: "s", epoch: "e", position: 1 } });
    expect(read.partial).toBeUndefined();
  });

  test.each([
    ["1", true],
    ["0", false],
    ["true", false],
  ])("x-rsync-refilling %s: %s", (value, refilling) => {
    expect(parsed({ ...region, ...store, [REFILLING_HEADER]: value }).from?.refilling).toBe(refilling);
  });
});
