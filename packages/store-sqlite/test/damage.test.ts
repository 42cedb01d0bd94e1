/** What is on disk is not what was written. */
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { type CancelTimer, judgeEcho, type ReceiptStore } from "@rsync/core";
import { ownAppend as own } from "@rsync/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TemporaryLog, temporaryLog } from "./temporary-log.ts";

let log: TemporaryLog;
beforeEach(() => {
  log = temporaryLog();
});
afterEach(() => log.remove());

const range = { after: 0, ownOnly: false, rowsMax: 10, bytesMax: 1e9 };

/** A closed log with so many rows `r1`, `r2` ... in it, each committed alone or all of them together. */
async function fill(count: number, how: "alone" | "together" = "together"): Promise<void> {
  const store = await log.open();
  const items = Array.from({ length: count }, (_, index) => own(`r${index + 1}`));
  for (const call of how === "alone" ? items.map((item) => [item]) : [items]) await store.append(call);
  await store.close();
}

function change(sql: string): void {
  const database = new DatabaseSync(log.path);
  database.exec(sql);
  database.close();
}

/** Flips one bit wherever the file holds `text`; pages also keep what once stood there and moved. */
function flipBit(text: string): void {
  const bytes = readFileSync(log.path);
  for (let offset = bytes.indexOf(text); offset !== -1; offset = bytes.indexOf(text)) {
    bytes.writeUInt8(bytes.readUInt8(offset) ^ 1, offset);
  }
  writeFileSync(log.path, bytes);
}

describe("at the opening", () => {
  const damages: [name: string, damage: () => void, saying: string][] = [
    ["a flipped bit in a row", () => flipBit("r25\ttx-0"), "is not what was written"],
    ["a changed column", () => change("UPDATE blocks SET own = 0 WHERE position = 33"), "positions 33"],
    [
      "missing rows",
      () => change("DELETE FROM blocks WHERE position = 1"),
      "the rows at positions 1 to 16 are missing",
    ],
    ["missing rows at the end", () => change("DELETE FROM blocks WHERE position = 49"), "but once reached 50"],
    [
      "an index that lost an entry",
      () => change("DELETE FROM receipt_ids WHERE position = 9"),
      "its index does not know position 9",
    ],
    [
      "an index under whose entry an id could be taken a second time",
      () => change("UPDATE receipt_ids SET copy = 1 WHERE position = 9"),
      "its index does not know position 9",
    ],
    ["a missing table", () => change("DROP TABLE numbers"), "its tables are not those of a receipt log"],
    ["a truncated file", () => truncateSync(log.path, 20_000), "damaged"],
    [
      "a file that is gone while its write-ahead log is there",
      () => {
        rmSync(log.path);
        writeFileSync(`${log.path}-wal`, "something");
      },
      "write-ahead log",
    ],
  ];

  it.each(damages)(
    "%s: refused where asked, untouched; else set aside for an empty log that refills",
    async (_name, damage, saying) => {
      await fill(50);
      const before = await log.open();
      const { storeId } = before.introduction().store;
      await before.close();
      damage();
      await expect(log.open({ onDamage: "refuse" })).rejects.toMatchObject({
        kind: "damaged",
        message: expect.stringContaining(saying),
      });
      expect(readdirSync(log.folder).filter((name) => name.includes("damaged"))).toEqual([]);

      const store = await log.open({ wallMs: () => 0 });
      expect(store.introduction()).toMatchObject({ refilling: true, store: { position: 0 } });
      expect(store.introduction().store.storeId).not.toBe(storeId);
      expect(log.lines).toMatchObject([{ level: "error", message: expect.stringContaining(saying) }]);
      expect(
        readdirSync(log.folder).some((name) => name.startsWith("receipts.db.damaged-1970-01-01T00-00-00.000Z")),
      ).toBe(true);
      expect((await store.append([own("r1")]))[0]?.kind).toBe("stored");
    },
  );

  it("keeps every damaged file, also when two are set aside in the same millisecond", async () => {
    for (let time = 0; time < 2; time++) {
      await fill(10);
      change("UPDATE blocks SET rows = 9");
      await (await log.open({ wallMs: () => 0 })).close();
    }
    expect(readdirSync(log.folder).filter((name) => name.includes("damaged"))).toEqual([
      "receipts.db.damaged-1970-01-01T00-00-00.000Z",
      "receipts.db.damaged-1970-01-01T00-00-00.000Z-2",
    ]);
  });
});

describe("in a row that is read", () => {
  const reads: [name: string, read: (store: ReceiptStore) => Promise<unknown>][] = [
    ["get", (store) => store.get("r3")],
    ["list", (store) => store.list(range)],
    ["a duplicate", (store) => store.append([own("r3")])],
  ];
  it.each(reads)("%s fails, names the row, and ends acknowledging", async (_name, read) => {
    await fill(5, "alone");
    const store = await log.open();
    change("UPDATE blocks SET receipts = replace(receipts, '12:00:00Z', '12:00:01Z') WHERE position = 3");
    await expect(read(store)).rejects.toMatchObject({
      kind: "damaged",
      message: expect.stringContaining('position 3 (receipt "r3")'),
    });
    expect(await store.failure).toMatchObject({ kind: "damaged" });
    await expect(store.append([own("new")])).rejects.toMatchObject({ kind: "damaged" });
    await expect(store.saveCursors([])).rejects.toMatchObject({ kind: "damaged" });
    expect(await store.get("r4")).toBeDefined();
    expect(log.lines).toMatchObject([{ level: "error" }]);
  });

  it.each(reads)("%s fails where another row of its block is damaged, and says which block", async (_name, read) => {
    await fill(5);
    const store = await log.open();
    change("UPDATE blocks SET receipts = replace(receipts, 'r5', 'r6')");
    await expect(read(store)).rejects.toMatchObject({
      kind: "damaged",
      message: expect.stringContaining('among the rows at positions 1 (receipt "r1") to 5 one is not what was written'),
    });
  });

  it("fails for a conflict's contents too", async () => {
    const store = await log.open();
    await store.append([own("a"), own("a", { content: 1 })]);
    change("UPDATE conflicts SET ticks = 1");
    await expect(store.conflicts({ limit: 1 })).rejects.toMatchObject({
      kind: "damaged",
      message: expect.stringContaining("conflict 1"),
    });
  });
});

/** Timers that fire when the test says so. */
function manualSchedule(): {
  schedule: (delayMs: number, run: () => void) => CancelTimer;
  fire: () => number | undefined;
} {
  const timers: { delayMs: number; run: () => void }[] = [];
  return {
    schedule: (delayMs, run) => {
      const timer = { delayMs, run };
      timers.push(timer);
      return () => {
        const index = timers.indexOf(timer);
        if (index !== -1) timers.splice(index, 1);
      };
    },
    fire: () => {
      const timer = timers.shift();
      timer?.run();
      return timer?.delayMs;
    },
  };
}

describe("in old rows", () => {
  let template: TemporaryLog;
  beforeAll(async () => {
    template = temporaryLog();
    const store = await template.open();
    await store.append(Array.from({ length: 10_500 }, (_, index) => own(`r${index + 1}`)));
    await store.append([own("last")]); // this transaction marks the 10,000 rows before it as checked
    await store.close();
  });
  afterAll(() => template.remove());

  it("opens on the check mark, and the background check finds what is older; the next opening reads everything", async () => {
    copyFileSync(template.path, log.path);
    change(
      "UPDATE blocks SET receipts = replace(receipts, '4294967295', '1') WHERE position <= 1234 AND position + rows > 1234",
    );
    const timers = manualSchedule();
    const options = { schedule: timers.schedule, scrubPauseMs: 50, scrubRestMs: 1000, scrubRowsMax: 1000 };
    const store = await log.open({ ...options, onDamage: "refuse" });
    expect(store.introduction().store.position).toBe(10_501);
    expect(timers.fire()).toBe(50);
    await store.count();
    await store.peers(); // answered after the reading thread is through with its rows
    expect(timers.fire()).toBe(50);
    expect(await store.failure).toMatchObject({
      kind: "damaged",
      message: expect.stringContaining("among the rows at positions"),
    });
    expect(existsSync(`${log.path}.suspect`)).toBe(true);
    await store.close();
    await expect(log.open({ onDamage: "refuse" })).rejects.toMatchObject({ kind: "damaged" });
    expect((await log.open()).introduction()).toMatchObject({ refilling: true, store: { position: 0 } });
    expect(existsSync(`${log.path}.suspect`)).toBe(false);
  });

  it("finds nothing in a sound log, rests, and begins again", async () => {
    copyFileSync(template.path, log.path);
    const timers = manualSchedule();
    const store = await log.open({
      schedule: timers.schedule,
      scrubPauseMs: 50,
      scrubRestMs: 1000,
      scrubRowsMax: 5000,
    });
    const delays: (number | undefined)[] = [];
    for (let fired = 0; fired < 5; fired++) {
      delays.push(timers.fire());
      await store.peers();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(delays).toEqual([50, 50, 50, 50, 1000]);
    await expect(Promise.race([store.failure, store.count()])).resolves.toEqual({ rows: 10_501, own: 10_501 });
  });
});

it("is noticed by what its peers remember when it was restored from an older copy (§9 Rollback)", async () => {
  await fill(10);
  copyFileSync(log.path, `${log.path}.backup`);
  const later = await log.open();
  await later.append([own("lost")]);
  const remembered = later.introduction().store;
  await later.close();
  expect(judgeEcho(later.introduction(), later.epochs(), remembered)).toBe("consistent");
  copyFileSync(`${log.path}.backup`, log.path);

  const restored = await log.open();
  expect(judgeEcho(restored.introduction(), restored.epochs(), remembered)).toBe("rolledBack");
  await restored.renew();
  expect(judgeEcho(restored.introduction(), restored.epochs(), remembered)).toBe("consistent");
  const [result] = await restored.append([own("new")]);
  expect(result).toMatchObject({ row: { position: 11, record: { sourceSeq: 1 } } });
});
