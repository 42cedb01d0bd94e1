/** Real processes: what kill -9 leaves behind, and who holds the lock. */
import type { StoreError } from "@rsync/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { nodeArguments, startProcess } from "./start-process.ts";
import { type TemporaryLog, temporaryLog } from "./temporary-log.ts";

let log: TemporaryLog;
beforeEach(() => {
  log = temporaryLog();
});
afterEach(() => log.remove());

const timeout = 60_000;

it("holds every acknowledged receipt after kill -9 during a load, numbered without gaps (I3)", {
  timeout,
}, async () => {
  const acknowledged: string[] = [];
  for (const label of ["first", "second", "third"]) {
    const running = startProcess(process.execPath, nodeArguments("append-process.ts", log.path, label));
    await running.linesReached(1500);
    running.child.kill("SIGKILL");
    await running.ended;
    // The last line may have been cut off in the middle.
    acknowledged.push(
      ...running.lines
        .slice(1)
        .filter((line) => /^[a-z]+-\d+ \d+$/.test(line))
        .slice(0, -1),
    );
  }
  expect(acknowledged.length).toBeGreaterThan(4000);
  const store = await log.open({ onDamage: "refuse" });
  const rows = await store.list({ after: 0, ownOnly: false, rowsMax: 1e6, bytesMax: 1e9 });
  const held = new Set(rows.map(({ position, record }) => `${record.receiptId} ${position}`));
  expect(acknowledged.filter((line) => !held.has(line))).toEqual([]);
  const numbered = rows.filter(({ own }) => own).map(({ record }) => record.sourceSeq);
  expect(numbered).toEqual(numbered.map((_, index) => index + 1));
  expect(rows.map(({ position }) => position)).toEqual(rows.map((_, index) => index + 1));
  expect(store.epochs()).toHaveLength(4);
});

it("refuses a second process, and a second opening in this one, until the first has ended", { timeout }, async () => {
  const running = startProcess(process.execPath, nodeArguments("hold-process.ts", log.path), {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await running.linesReached(1);
  const refused = await log.open().catch((error: StoreError) => error);
  expect(refused).toMatchObject({ kind: "locked", message: expect.stringContaining("already open") });
  running.child.kill("SIGKILL");
  await running.ended;
  const store = await log.open();
  await expect(log.open()).rejects.toMatchObject({ kind: "locked" });
  await store.close();
  await (await log.open()).close();
});
