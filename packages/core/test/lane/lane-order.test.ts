import { describe, expect, test } from "vitest";
import { ROW_BYTES, row } from "./lane-parts.ts";
import { LaneRun } from "./lane-run.ts";

describe("what is sent first", () => {
  test("an idle lane sends at once, each receipt on a connection of its own, up to the window", () => {
    const run = new LaneRun();
    run.append(1);
    run.append(2);
    run.append(3, 4, 5, 6);
    expect(run.inFlight()).toEqual([[1], [2], [3], [4]]);
    run.acknowledge();
    expect(run.inFlight()).toEqual([[2], [3], [4], [5]]);
  });

  describe("where requests are to be few", () => {
    const gathering = { receiptsPerRequestMax: 3, gatherMs: 2 };

    test("what comes just after a request gathers for the next one, which goes with the answer", () => {
      const run = new LaneRun({ rules: gathering });
      run.append(1);
      run.append(2);
      run.append(3);
      expect(run.inFlight()).toEqual([[1]]);
      run.acknowledge();
      expect(run.inFlight()).toEqual([[2, 3]]);
    });

    test("it waits for a distant region no longer than it was told, and the window stays open", () => {
      const run = new LaneRun({ rules: gathering });
      run.append(1);
      run.wait(1);
      run.append(2);
      run.wait(1);
      expect(run.inFlight()).toEqual([[1], [2]]);
      run.append(3);
      run.wait(1);
      expect(run.inFlight()).toEqual([[1], [2]]);
      run.wait(1);
      expect(run.inFlight()).toEqual([[1], [2], [3]]);
      run.wait(2);
      run.append(4);
      expect(run.inFlight()).toEqual([[1], [2], [3], [4]]);
    });

    test.each([
      ["receipts", { receiptsPerRequestMax: 2 }],
      ["bytes", { requestBytesMax: ROW_BYTES * 2 }],
    ])("what fills a request waits for nobody: %s", (_words, limits) => {
      const run = new LaneRun({ rules: { ...gathering, ...limits } });
      run.append(1);
      run.append(2, 3);
      expect(run.inFlight()).toEqual([[1], [2, 3]]);
    });

    test("the log's rows neither gather nor hold up live ones", () => {
      const run = new LaneRun({ end: 10, rules: gathering });
      run.step({ kind: "woke" });
      run.found(1, 2, 3, 4, 5, 6);
      expect(run.inFlight()).toEqual([
        [1, 2, 3],
        [4, 5, 6],
      ]);
      run.append(11);
      expect(run.inFlight().at(-1)).toEqual([11]);
    });

    test("dead letters do not take the place of rows that gather", () => {
      const run = new LaneRun({ rules: gathering });
      run.append(1);
      run.append(2);
      run.step({ kind: "replay", rows: [row(3)] });
      expect(run.inFlight()).toEqual([[1]]);
    });
  });

  test("after a start the log is read, and leaves one connection for a receipt that comes now", () => {
    const run = new LaneRun({ end: 100 });
    run.step({ kind: "woke" });
    expect(run.reads).toMatchObject([{ range: { after: 0, through: 100 }, rowsMax: 100 }]);
    run.found(10, 20, 30, 40, 50);
    expect(run.inFlight()).toEqual([[10], [20], [30]]);
    run.append(101);
    expect(run.inFlight()).toEqual([[10], [20], [30], [101]]);
  });

  test("live receipts go first, and the backlog always has one connection", () => {
    const run = new LaneRun({ end: 100 });
    run.append(101, 102, 103, 104, 105, 106, 107, 108);
    run.found(10, 20, 30);
    expect(run.inFlight()).toEqual([[101], [102], [103], [104]]);
    run.acknowledge();
    expect(run.inFlight()).toEqual([[102], [103], [104], [10]]);
    run.acknowledge();
    run.acknowledge();
    expect(run.inFlight()).toEqual([[104], [10], [105], [106]]);
  });

  test("with one connection live receipts go first", () => {
    const run = new LaneRun({ end: 100, rules: { windowMax: 1 } });
    run.step({ kind: "woke" });
    run.found(10);
    run.append(101, 102);
    while (run.sent.length > 0) run.acknowledge();
    expect(run.everSent()).toEqual([10, 101, 102]);
  });

  test("what failed goes out again in its old place", () => {
    const run = new LaneRun();
    run.append(1, 2, 3, 4, 5, 6);
    run.fail();
    run.fail();
    run.fail();
    run.fail();
    run.waitForRequest();
    for (let answer = 0; answer < 6; answer += 1) run.acknowledge();
    expect(run.everSent().slice(4)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("the next stretch is read before the one in memory runs out", () => {
    const run = new LaneRun({ end: 10, rules: { readRowsMax: 2 } });
    run.step({ kind: "woke" });
    run.found(1, 2);
    expect(run.inFlight()).toEqual([[1], [2]]);
    expect(run.reads).toMatchObject([{ range: { after: 2, through: 10 } }]);
  });
});

describe("several receipts in one request", () => {
  test("what arrives while requests are in flight gathers into the next one, up to the limit", () => {
    const run = new LaneRun({ rules: { windowMax: 1, receiptsPerRequestMax: 3 } });
    run.append(1);
    run.append(2);
    run.append(3, 4, 5);
    run.acknowledge();
    expect(run.inFlight()).toEqual([[2, 3, 4]]);
    run.acknowledge();
    expect(run.inFlight()).toEqual([[5]]);
  });

  test("bytes are a limit too, but for a receipt that alone is more", () => {
    const run = new LaneRun({ rules: { receiptsPerRequestMax: 10, requestBytesMax: ROW_BYTES * 2 + 1 } });
    run.append(1, 2, 3);
    expect(run.inFlight()).toEqual([[1, 2], [3]]);
    const narrow = new LaneRun({ rules: { receiptsPerRequestMax: 10, requestBytesMax: ROW_BYTES - 1 } });
    narrow.append(1, 2);
    expect(narrow.inFlight()).toEqual([[1], [2]]);
  });

  test("live and backlog receipts do not share a request", () => {
    const run = new LaneRun({ end: 10, rules: { windowMax: 2, receiptsPerRequestMax: 10 } });
    run.append(11);
    run.append(12);
    run.acknowledge();
    run.found(1, 2);
    run.acknowledge();
    expect(run.everSent()).toEqual([11, 12, 1, 2]);
    expect(run.inFlight()).toEqual([[1, 2]]);
  });
});

describe("rows that memory has no room for", () => {
  test.each([
    ["number", { queuedReceiptsMax: 2 }],
    ["bytes", { queuedBytesMax: ROW_BYTES * 2 }],
  ])("are left in the log once the limit of %s is reached, and read when there is room", (_name, limits) => {
    const run = new LaneRun({ rules: { windowMax: 1, ...limits } });
    run.append(1);
    run.append(2, 4, 6, 8);
    expect(run.reads).toMatchObject([{ range: { after: 5, through: 8 } }]);
    run.found(6, 8);
    while (run.sent.length > 0) run.acknowledge();
    expect(run.everSent()).toEqual([1, 2, 4, 6, 8]);
    expect(run.lane.cursor).toBe(8);
  });

  test("a stretch that holds rows of other regions only is stepped over", () => {
    const run = new LaneRun({ end: 7 });
    run.step({ kind: "woke" });
    run.found();
    expect(run.lane.cursor).toBe(7);
    expect(run.everSent()).toEqual([]);
  });

  test("a log that can not be read is asked again later, and live receipts go on meanwhile", () => {
    const run = new LaneRun({ end: 5 });
    run.step({ kind: "woke" });
    run.step({ kind: "readFailed", id: run.take(run.reads).id });
    run.append(6);
    run.acknowledge();
    expect(run.reads).toEqual([]);
    expect(run.lane.cursor).toBe(0);
    run.wait(1_000);
    run.found(5);
    run.acknowledge();
    expect(run.reads).toEqual([]);
    expect(run.lane.cursor).toBe(6);
  });

  test("rows that come out of order are delivered, and the cursor waits for them", () => {
    const run = new LaneRun({ rules: { windowMax: 1, queuedReceiptsMax: 1 } });
    run.append(3);
    run.append(5);
    run.append(20);
    run.append(10, 30);
    expect(run.reads).toMatchObject([{ range: { after: 19, through: 20 } }]);
    run.acknowledge();
    run.acknowledge();
    run.found(20);
    run.acknowledge();
    expect(run.lane.cursor).toBe(9);
    run.found(10);
    run.acknowledge();
    run.found(30);
    run.acknowledge();
    expect(run.everSent()).toEqual([3, 5, 20, 10, 30]);
    expect(run.lane.cursor).toBe(30);
  });
});
