/** Bounded concurrency with results in the order of the input. */
import { describe, expect, it } from "vitest";
import { inOrder } from "../src/app-api/in-order.ts";

/** Work that the test finishes item by item. */
function controlled(): {
  readonly work: (item: number) => Promise<string>;
  readonly begun: number[];
  readonly finish: (item: number) => void;
} {
  const finishers = new Map<number, () => void>();
  const begun: number[] = [];
  return {
    begun,
    work: (item) => {
      begun.push(item);
      return new Promise((resolve) => finishers.set(item, () => resolve(`done ${item}`)));
    },
    finish: (item) => finishers.get(item)?.(),
  };
}

/** So many at a time. */
async function* numbers(
  count: number,
  size = 1,
  onEnd: () => void = () => undefined,
): AsyncGenerator<readonly number[], void> {
  try {
    for (let number = 1; number <= count; number += size) {
      yield Array.from({ length: Math.min(size, count + 1 - number) }, (_, index) => number + index);
    }
  } finally {
    onEnd();
  }
}

function turns(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe("inOrder", () => {
  it.each([1, 2, 50])(
    "works on as many as the window allows, and on no more before the first is given back (%i at a time)",
    async (size) => {
      const { work, begun, finish } = controlled();
      const results = inOrder(numbers(100, size), 3, work);
      const first = results.next();
      await turns();
      expect(begun).toEqual([1, 2, 3]);
      finish(2);
      finish(3);
      await turns();
      expect(begun).toEqual([1, 2, 3]);
      finish(1);
      expect((await first).value).toEqual(["done 1", "done 2", "done 3"]);
      await turns();
      expect(begun).toEqual([1, 2, 3, 4, 5, 6]);
      void results.return();
    },
  );

  it("gives a result before more input has come", async () => {
    const waiting = Promise.withResolvers<void>();
    async function* one(): AsyncGenerator<readonly number[], void> {
      yield [1];
      await waiting.promise;
    }
    const results = inOrder(one(), 3, async (item) => item * 2);
    expect((await results.next()).value).toEqual([2]);
    waiting.resolve();
    expect((await results.next()).done).toBe(true);
  });

  it("gives everything, whatever the order in which it is done", async () => {
    const all: number[] = [];
    const work = async (item: number): Promise<number> => {
      for (let turn = 0; turn < (item * 7) % 5; turn += 1) await turns();
      return item;
    };
    for (const size of [1, 7, 500]) {
      all.length = 0;
      for await (const some of inOrder(numbers(500, size), 16, work)) all.push(...some);
      expect(all).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
    }
  });

  it("gives what was begun, then fails as the input failed", async () => {
    async function* failing(): AsyncGenerator<readonly number[], void> {
      yield [1];
      throw new Error("cut off");
    }
    const results = inOrder(failing(), 3, async (item) => item);
    expect((await results.next()).value).toEqual([1]);
    await expect(results.next()).rejects.toThrow("cut off");
  });

  it("leaves the input when nobody wants more", async () => {
    let left = false;
    const results = inOrder(
      numbers(1_000, 10, () => {
        left = true;
      }),
      4,
      async (item) => item,
    );
    await results.next();
    await results.return();
    await turns();
    expect(left).toBe(true);
  });
});
