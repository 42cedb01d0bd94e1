import { describe, expect, test } from "vitest";
import { type LogRange, MemoryLog } from "../../src/index.ts";
import { remembered } from "../evidence/evidence-parts.ts";
import { burial, foreign, own, ROW_BYTES } from "./log-parts.ts";

const LATER = "2025-11-16T13:00:00Z";

function openLog(): MemoryLog {
  const log = new MemoryLog("us-east", "east-1");
  log.open("e1");
  return log;
}

/** Own rows at 1, 2 and 4, a foreign one at 3. */
function filledLog(): MemoryLog {
  const log = openLog();
  for (const item of [own("r1"), own("r2"), foreign("r3"), own("r4")]) log.append(item, LATER);
  return log;
}

describe("who the log is", () => {
  test("a log that was never opened has no epoch yet", () => {
    expect(new MemoryLog("us-east", "east-1").introduction()).toEqual({
      regionId: "us-east",
      store: { storeId: "east-1", epoch: "", position: 0 },
      refilling: false,
    });
  });

  test("every opening is an epoch of its own, which begins where the rows ended", () => {
    const log = filledLog();
    log.open("e2");
    expect(log.epochs).toEqual([
      { epoch: "e1", storeId: "east-1", startPosition: 0 },
      { epoch: "e2", storeId: "east-1", startPosition: 4 },
    ]);
    expect(log.introduction().store).toEqual({ storeId: "east-1", epoch: "e2", position: 4 });
  });

  test("renewed, it goes on as another store that counts anew, once in each opening", () => {
    const log = filledLog();
    expect(log.renewable).toBe(true);
    log.renew("east-2", "e2");
    log.renew("east-3", "e3");
    expect(log.renewable).toBe(false);
    expect(log.introduction()).toEqual({
      regionId: "us-east",
      store: { storeId: "east-2", epoch: "e2", position: 4 },
      refilling: true,
    });
    log.append(own("r5"), LATER);
    expect(log.get("r5")?.record).toMatchObject({ sourceStore: "east-2", sourceSeq: 1 });
    expect(log.get("r1")?.record).toMatchObject({ sourceStore: "east-1", sourceSeq: 1 });
    log.open("e4");
    expect(log.renewable).toBe(true);
  });

  test("renamed, it is another region's store from the next row on", () => {
    const log = filledLog();
    log.rename("us-west", "west-1");
    log.append(own("r5"), LATER);
    expect(log.regionId).toBe("us-west");
    expect(log.get("r5")?.record).toMatchObject({ sourceRegion: "us-west", sourceStore: "west-1", sourceSeq: 1 });
    expect(log.get("r1")?.record).toMatchObject({ sourceRegion: "us-east", sourceStore: "east-1" });
  });

  const acts: Record<string, (log: MemoryLog) => void> = {
    refill: (log) => log.startRefilling("e3"),
    accept: (log) => log.acceptLoss(),
    renew: (log) => log.renew("east-2", "e2"),
    rename: (log) => log.rename("us-west", "west-1"),
  };
  test.each([
    ["", false],
    ["refill", true],
    ["refill accept", false],
    ["refill accept refill", false],
    ["accept refill", true],
    ["renew", true],
    ["renew accept", false],
    ["renew accept refill", false],
    ["refill accept renew", true],
    ["refill rename", true],
    ["refill accept rename refill", true],
  ])("after %j, refilling is %s", (history, refilling) => {
    const log = openLog();
    for (const act of history.split(" ")) acts[act]?.(log);
    expect(log.introduction().refilling).toBe(refilling);
  });
});

describe("what a range finds", () => {
  const all: LogRange = { after: 0, ownOnly: false, rowsMax: 100, bytesMax: 1_000 };
  test.each<[words: string, range: Partial<LogRange>, positions: readonly number[]]>([
    ["everything", {}, [1, 2, 3, 4]],
    ["from before the beginning", { after: -5 }, [1, 2, 3, 4]],
    ["after a position", { after: 2 }, [3, 4]],
    ["after the end", { after: 4 }, []],
    ["through a position, inclusive", { through: 2 }, [1, 2]],
    ["a stretch in the middle", { after: 1, through: 3 }, [2, 3]],
    ["own rows", { ownOnly: true }, [1, 2, 4]],
    ["so many rows, foreign ones not counted", { after: 1, ownOnly: true, rowsMax: 2 }, [2, 4]],
    ["so many bytes", { bytesMax: 2 * ROW_BYTES }, [1, 2]],
    ["the row that reaches the bytes, whole", { bytesMax: 2 * ROW_BYTES + 1 }, [1, 2, 3]],
    ["at least one row", { bytesMax: 1 }, [1]],
  ])("%s", (_words, range, positions) => {
    const rows = filledLog().list({ ...all, ...range });
    expect(rows.map((row) => row.position)).toEqual(positions);
  });

  test.each([
    [-1, 3],
    [0, 3],
    [1, 2],
    [3, 1],
    [4, 0],
  ])("after %i, %i own rows are owed at most", (position, owed) => {
    expect(filledLog().countOwnAfter(position)).toBe(owed);
  });
});

describe("conflicts", () => {
  test("each refused content is kept once, and read by id and by page", () => {
    const log = filledLog();
    for (const item of [foreign("r1", true, "y"), own("r2", false, "y"), foreign("r1", true, "y")])
      expect(log.append(item, LATER)).toEqual({ kind: "conflict", held: { digest: "x", committed: true } });
    log.append(foreign("r1", false, "y"), LATER);
    log.append(foreign("r1", true, "z"), LATER);
    const numbers = (receiptId: string | undefined, after: number, limit: number) =>
      log.conflicts(receiptId, after, limit).map(({ number }) => number);
    expect(numbers(undefined, 0, 10)).toEqual([1, 2, 3, 4]);
    expect(numbers(undefined, 1, 2)).toEqual([2, 3]);
    expect(numbers("r1", 0, 10)).toEqual([1, 3, 4]);
    expect(numbers("r3", 0, 10)).toEqual([]);
    expect(log.conflicts("r2", 0, 1)).toMatchObject([
      {
        held: { digest: "x", committed: true },
        offered: { receiptId: "r2", digest: "y", sourceRegion: "us-east", sourceSeq: undefined },
        recordedAt: LATER,
      },
    ]);
    expect(log.count()).toEqual({ rows: 4, own: 3 });
  });
});

describe("what is remembered beside the rows", () => {
  test("the last cursor of each store of each region", () => {
    const log = openLog();
    const first = { regionId: "eu-west", storeId: "eu-1", position: 3 };
    for (const cursor of [first, { ...first, storeId: "eu-2" }, { ...first, position: 5 }]) log.saveCursor(cursor);
    expect(log.cursors()).toEqual([
      { ...first, position: 5 },
      { ...first, storeId: "eu-2" },
    ]);
  });

  test("the last memory of each peer", () => {
    const log = openLog();
    const west = remembered();
    for (const peer of [west, remembered({ regionId: "eu-west" }), { ...west, replaced: ["west-0"] }])
      log.savePeer(peer);
    expect(log.peers()).toEqual([{ ...west, replaced: ["west-0"] }, remembered({ regionId: "eu-west" })]);
  });

  test("I2: dead letters, each store's by themselves", () => {
    const log = openLog();
    for (const buried of [burial(), burial({ receiptId: "r2", kind: "poison" }), burial({ storeId: "eu-2" })])
      log.bury(buried);
    log.markDeadLetters([burial()], "discarded", LATER);
    expect(log.countDeadLetters("eu-west", "eu-1")).toEqual({ refused: 0, poison: 1 });
    expect(log.countDeadLetters("eu-west", "eu-2")).toEqual({ refused: 1, poison: 0 });
    expect(log.deadLetters({ status: "discarded", limit: 10 })).toMatchObject([{ storeId: "eu-1", settledAt: LATER }]);
  });
});
