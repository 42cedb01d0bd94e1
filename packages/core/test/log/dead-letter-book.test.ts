import { describe, expect, test } from "vitest";
import type { DeadLetterQuery, DeadLetterStatus } from "../../src/index.ts";
import { DeadLetterBook } from "../../src/log/dead-letter-book.ts";
import { burial } from "./log-parts.ts";

const FIRST = burial().buriedAt;
const SECOND = "2025-11-16T13:00:00Z";
const THIRD = "2025-11-16T14:00:00Z";

function bookOf(...burials: Parameters<typeof burial>[0][]): DeadLetterBook {
  const book = new DeadLetterBook();
  for (const parts of burials) book.bury(burial(parts));
  return book;
}

test("a letter has the last burial's news, and the number and the time of the first", () => {
  const book = bookOf({}, { receiptId: "r2" }, { kind: "poison", position: 9, attempts: 5, buriedAt: SECOND });
  expect(book.list({ limit: 10 })).toEqual([
    {
      ...burial({ kind: "poison", position: 9, attempts: 5, buriedAt: SECOND }),
      number: 1,
      firstBuriedAt: FIRST,
      status: "open",
      settledAt: undefined,
    },
    { ...burial({ receiptId: "r2" }), number: 2, firstBuriedAt: FIRST, status: "open", settledAt: undefined },
  ]);
});

test("another region, store, receipt, content or state is another letter", () => {
  const others = [
    { regionId: "us-west" },
    { storeId: "eu-2" },
    { receiptId: "r2" },
    { digest: "y" },
    { committed: false },
  ];
  const book = bookOf({}, ...others);
  expect(book.list({ limit: 10 }).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
});

describe("what becomes of a letter", () => {
  // Marks and `bury`, each at its own time | status, since when
  test.each<[history: readonly (DeadLetterStatus | "bury")[], status: DeadLetterStatus, settledAt: string | undefined]>(
    [
      [[], "open", undefined],
      [["open"], "open", undefined],
      [["resolved"], "resolved", SECOND],
      [["discarded"], "discarded", SECOND],
      [["resolved", "resolved"], "resolved", SECOND],
      [["resolved", "discarded"], "resolved", SECOND],
      [["resolved", "open"], "resolved", SECOND],
      [["resolved", "bury"], "open", undefined],
      [["discarded", "discarded"], "discarded", SECOND],
      [["discarded", "bury"], "discarded", SECOND],
      [["discarded", "open"], "open", undefined],
      [["discarded", "resolved"], "resolved", THIRD],
    ],
  )("buried, then %j: %s", (history, status, settledAt) => {
    const book = bookOf({});
    for (const [index, act] of history.entries()) {
      const at = [SECOND, THIRD][index] ?? THIRD;
      if (act === "bury") book.bury(burial({ buriedAt: at }));
      else book.mark([burial()], act, at);
    }
    expect(book.list({ limit: 1 })).toMatchObject([{ status, settledAt, number: 1 }]);
  });

  test("what nobody buried is marked as nothing", () => {
    const book = bookOf({});
    book.mark([burial({ receiptId: "r9" })], "discarded", SECOND);
    expect(book.list({ limit: 10 })).toMatchObject([{ receiptId: "r1", status: "open" }]);
  });
});

describe("which letters are found", () => {
  const letters = [
    {},
    { regionId: "us-west" },
    { storeId: "eu-2" },
    { receiptId: "r2" },
    { digest: "y", kind: "poison" as const },
  ];
  test.each<[query: Partial<DeadLetterQuery>, numbers: readonly number[]]>([
    [{}, [1, 2, 3, 4, 5]],
    [{ limit: 2 }, [1, 2]],
    [{ after: 2 }, [3, 4, 5]],
    [{ after: 1, limit: 1 }, [2]],
    [{ regionId: "us-west" }, [2]],
    [{ storeId: "eu-2" }, [3]],
    [{ receiptId: "r2" }, [4]],
    [{ kind: "poison" }, [5]],
    [{ kind: "refused", regionId: "eu-west" }, [1, 3, 4]],
    [{ status: "discarded" }, [4]],
    [{ status: "open", storeId: "eu-1" }, [1, 2, 5]],
    [{ regionId: "nowhere" }, []],
  ])("%j: %j", (query, numbers) => {
    const book = bookOf(...letters);
    book.mark([burial({ receiptId: "r2" })], "discarded", SECOND);
    expect(book.list({ limit: 10, ...query }).map(({ number }) => number)).toEqual(numbers);
  });

  test("only open ones are counted, by kind", () => {
    const book = bookOf(...letters);
    expect(book.count("eu-west", "eu-1")).toEqual({ refused: 2, poison: 1 });
    book.mark([burial(), burial({ digest: "y" })], "resolved", SECOND);
    expect(book.count("eu-west", "eu-1")).toEqual({ refused: 1, poison: 0 });
    expect(book.count("eu-west", "eu-9")).toEqual({ refused: 0, poison: 0 });
  });
});
