/** A disk that is full, and one that fails. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ownAppend as own } from "@rsync/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import { nodeArguments } from "./start-process.ts";
import { type TemporaryLog, temporaryLog } from "./temporary-log.ts";

let log: TemporaryLog;
beforeEach(() => {
  log = temporaryLog();
});
afterEach(() => log.remove());

const timeout = 60_000;
const quote = (texts: readonly string[]) => texts.map((text) => `'${text}'`).join(" ");
const canMount = spawnSync("sh", ["-c", "unshare -rm mount -t tmpfs tmpfs /tmp"]).status === 0;

it("stores nothing of what does not fit, keeps serving reads, and goes on when opened with more space", async () => {
  const store = await log.open({ fileBytesMax: 300_000 });
  const batch = (from: number) => Array.from({ length: 800 }, (_, index) => own(`r${from + index}`));
  await store.append(batch(0));
  await expect(store.append(batch(800))).rejects.toMatchObject({ kind: "full" });
  expect(await store.count()).toEqual({ rows: 800, own: 800 });
  expect(await store.get("r800")).toBeUndefined();
  expect((await store.append([own("small")]))[0]).toMatchObject({ row: { position: 801, record: { sourceSeq: 801 } } });
  await store.close();
  const larger = await log.open();
  await larger.append(batch(800));
  expect(await larger.count()).toEqual({ rows: 1601, own: 1601 });
});

it.skipIf(!canMount)("recovers in place when a disk that was really full has space again", { timeout }, () => {
  const script = `mount -t tmpfs -o size=6m tmpfs '${log.folder}' && dd if=/dev/zero of='${log.folder}/filler' bs=1M count=3 status=none &&
    exec ${quote([process.execPath, ...nodeArguments("fill-process.ts", log.path, join(log.folder, "filler"))])}`;
  const said = JSON.parse(execFileSync("sh", ["-c", 'unshare -rm sh -c "$1"', "sh", script], { encoding: "utf8" }));
  expect(said).toMatchObject({ refused: "full", readable: true, again: "stored", failure: "none" });
  expect(said.acknowledged).toBeGreaterThan(500);
});

it("acknowledges nothing more after a failed write, says why, and checks everything at the next opening", {
  timeout,
}, async () => {
  // A file size limit makes write(2) fail with EFBIG, which is no full disk.
  const script = `ulimit -f 2000 && exec ${quote([process.execPath, ...nodeArguments("fill-process.ts", log.path)])}`;
  const said = JSON.parse(execFileSync("sh", ["-c", script], { encoding: "utf8" }));
  expect(said).toMatchObject({ refused: "failed", readable: true, again: "failed", failure: "failed" });
  expect(existsSync(`${log.path}.suspect`)).toBe(true);
  const store = await log.open({ onDamage: "refuse" });
  expect((await store.count()).rows).toBeGreaterThanOrEqual(said.acknowledged);
  expect(existsSync(`${log.path}.suspect`)).toBe(false);
});
